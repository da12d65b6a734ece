package io.ottla.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
import io.ottla.process.Distribution;
import io.ottla.process.Host;
import io.ottla.process.Peer39;
import io.ottla.process.Product;
import io.ottla.process.ZooKeeperProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: an operator enables transaction.version with the tools at hand, is told what that means for Apache Kafka, and can go
 * back. Method: kafka-features.sh and kafka-configs.sh on a broker process; then Apache Kafka 3.9 on its files and ZooKeeper,
 * which must refuse them while the feature is enabled and take them over afterwards.
 */
class FeaturesTest {
    private static final String TOPIC = "featured";

    @TempDir
    Path home;

    @Test
    void theToolRaisesAndLowersTransactionVersionByTheOperatorsWord() {
        try (BrokerProcess broker = BrokerProcess.start(home, Map.of())) {
            assertThat(features(broker, 0, "describe"))
                    .containsPattern("transaction.version\\s+SupportedMinVersion: 0\\s+SupportedMaxVersion: 2"
                            + "\\s+FinalizedVersionLevel: 0");
            assertThat(features(broker, 1, "upgrade", "--feature", "transaction.version=2"))
                    .contains("cluster.ottla.only=true");
            Command word = Command.script(
                    "kafka-configs.sh",
                    "--bootstrap-server",
                    broker.bootstrap(),
                    "--alter",
                    "--entity-type",
                    "brokers",
                    "--entity-default",
                    "--add-config",
                    "cluster.ottla.only=true");
            assertThat(word.exitCode()).as(word.output()).isZero();
            features(broker, 0, "upgrade", "--dry-run", "--feature", "transaction.version=2");
            assertThat(Features.transactionVersion(broker)).isZero();
            assertThat(features(broker, 0, "upgrade", "--feature", "transaction.version=2"))
                    .contains("transaction.version was upgraded to 2");
            assertThat(features(broker, 0, "describe"))
                    .containsPattern("transaction.version.*FinalizedVersionLevel: 2\\s+Epoch: 1");
            broker.kill();
            broker.start();
            assertThat(Features.transactionVersion(broker)).isEqualTo(2);
            assertThat(features(broker, 1, "upgrade", "--feature", "transaction.version=3"))
                    .contains("supports levels");
            assertThat(features(broker, 1, "upgrade", "--feature", "transaction.version=1"))
                    .contains("takes a downgrade");
            features(broker, 0, "downgrade", "--feature", "transaction.version=1");
            assertThat(Features.transactionVersion(broker)).isEqualTo(1);
            features(broker, 0, "disable", "--feature", "transaction.version");
            assertThat(Features.transactionVersion(broker)).isZero();
        }
    }

    private static String features(BrokerProcess broker, int exitCode, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Distribution.script("kafka-features.sh").toString(), "--bootstrap-server", broker.bootstrap()));
        command.addAll(Arrays.asList(arguments));
        Command done = Command.run("", command);
        assertThat(done.exitCode()).as(done.output()).isEqualTo(exitCode);
        return done.output();
    }

    @Test
    void apacheKafkaTakesTheFilesOverOnceTheFeatureIsLowered() {
        try (ZooKeeperProcess zooKeeper =
                ZooKeeperProcess.start(Product.APACHE_39, Host.LOOPBACK, home.resolve("zk"))) {
            Map<String, String> settings = Map.of(
                    "zookeeper.connect", zooKeeper.connect(),
                    "zookeeper.session.timeout.ms", "6000",
                    "cluster.ottla.only", "true");
            Path shared = home.resolve("broker");
            try (BrokerProcess broker = BrokerProcess.start(shared, settings);
                    BrokerProcess apache = BrokerProcess.createApache(shared, settings)) {
                Clients.createTopic(broker, TOPIC, 1, Map.of());
                Features.raiseTransactionVersion(broker, 2);
                transact(broker, "v2", true);
                transact(broker, "aborted", false);
                assertThat(broker.stop()).isIn(0, 143);
                dump(broker);

                apache.launch();
                Awaitility.await("the refusal of Apache Kafka")
                        .atMost(Clients.LIMIT)
                        .until(() -> !apache.isAlive());
                assertThat(apache.output())
                        .contains("feature=transaction.version")
                        .contains("Unsupported feature");

                broker.start();
                Features.lowerTransactionVersion(broker, 0);
                assertThat(broker.stop()).isIn(0, 143);
                apache.start();
                transact(apache, "v1", true);
                assertThat(committed(apache, 4)).containsExactly("v2-0", "v2-1", "v1-0", "v1-1");
            }
        }
    }

    /** In the name of the same transactional id, whichever broker it is. */
    private static void transact(BrokerProcess broker, String value, boolean commit) {
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of("transactional.id", "tx"))) {
            producer.initTransactions();
            for (int i = 0; i < 2; i++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(TOPIC, 0, null, (value + "-" + i).getBytes(UTF_8)));
                if (commit) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }
    }

    private static List<String> committed(BrokerProcess broker, int count) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                Clients.consumer(broker, Map.of("isolation.level", "read_committed"))) {
            consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
            return Clients.poll(consumer, count).stream()
                    .map(record -> new String(record.value(), UTF_8))
                    .toList();
        }
    }

    /** The tools of Apache Kafka, new and old, read what the coordinator and the partitions of the transactions wrote. */
    private static void dump(BrokerProcess broker) {
        String state = find(broker.dataDir(), "__transaction_state-", ".log");
        Command newest = Command.script("kafka-dump-log.sh", "--transaction-log-decoder", "--files", state);
        Command older = Command.run(
                "", Peer39.command("kafka.tools.DumpLogSegments", "--transaction-log-decoder", "--files", state));
        for (Command dumped : List.of(newest, older)) {
            assertThat(dumped.exitCode()).as(dumped.output()).isZero();
            assertThat(dumped.output()).contains("tx").doesNotContain("Exception");
        }
        assertThat(newest.output()).contains("\"clientTransactionVersion\":2");
        String index = find(broker.dataDir(), TOPIC, ".txnindex");
        Command aborted = Command.script("kafka-dump-log.sh", "--files", index);
        assertThat(aborted.output().lines().filter(line -> line.contains("producerId")))
                .as(aborted.output())
                .hasSize(2);
    }

    private static String find(Path data, String folder, String suffix) {
        try (Stream<Path> paths = Files.walk(data)) {
            return paths.filter(path -> path.toString().endsWith(suffix)
                            && path.getParent().getFileName().toString().startsWith(folder)
                            && path.toFile().length() > 0)
                    .map(Path::toString)
                    .collect(Collectors.joining(","));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
