package io.ottla.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: the files and znodes are Apache Kafka's. Method: Apache Kafka 3.9's own DumpLogSegments reads every file, and
 * Apache Kafka 3.9 itself is started on a copy of the data directory and the same ZooKeeper, after a clean stop and
 * after kill -9.
 */
class FilesTest {
    private static final int RECORDS = 1000;
    private static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};

    @TempDir
    Path home;

    @Test
    void apacheKafkaReadsTheFilesAfterACleanStop() {
        judge(false);
    }

    @Test
    void apacheKafkaReadsTheFilesAfterKillMinusNine() {
        judge(true);
    }

    /** The operator of one broker moves to Apache Kafka, with what the embedded ZooKeeper has kept. */
    @Test
    void apacheKafkaTakesTheEmbeddedZooKeeperOver() {
        Path ottla = home.resolve("ottla");
        Path copy = home.resolve("apache");
        List<String> before;
        try (BrokerProcess broker = BrokerProcess.start(ottla, Map.of("zookeeper.session.timeout.ms", "6000"))) {
            fill(broker);
            before = describeAll(broker);
            broker.kill();
            Folders.copy(broker.dataDir(), copy.resolve("data"));
        }
        Folders.copy(ottla.resolve("data-zookeeper"), home.resolve("zk"));
        try (ZooKeeperProcess zooKeeper = ZooKeeperProcess.start(Product.APACHE_39, Host.LOOPBACK, home.resolve("zk"));
                BrokerProcess apache =
                        BrokerProcess.createApache(copy, Map.of("zookeeper.connect", zooKeeper.connect()))) {
            startOnceTheSessionOfBeforeHasEnded(apache);
            assertThat(describeAll(apache)).isEqualTo(before);
            assertOffsetsAndConfigs(apache);
        }
    }

    private void judge(boolean kill) {
        try (ZooKeeperProcess zooKeeper =
                ZooKeeperProcess.start(Product.APACHE_39, Host.LOOPBACK, home.resolve("zk"))) {
            Map<String, String> settings = Map.of(
                    "zookeeper.connect", zooKeeper.connect() + "/kafka",
                    "zookeeper.session.timeout.ms", "6000",
                    "log.index.interval.bytes", "1024");
            Path copy = home.resolve("apache");
            List<String> before;
            try (BrokerProcess broker = BrokerProcess.start(home.resolve("ottla"), settings)) {
                fill(broker);
                before = describeAll(broker);
                end(broker, kill);
                Folders.copy(broker.dataDir(), copy.resolve("data"));
            }
            dumpEveryFile(copy.resolve("data"), !kill);
            try (BrokerProcess apache = BrokerProcess.createApache(copy, settings)) {
                startOnceTheSessionOfBeforeHasEnded(apache);
                assertThat(describeAll(apache)).isEqualTo(before);
                assertOffsetsAndConfigs(apache);
                produceMore(apache);
                apache.stop();
                SharedBroker.deleteRecursively(home.resolve("ottla").resolve("data"));
                Folders.copy(copy.resolve("data"), home.resolve("ottla").resolve("data"));
            }
            try (BrokerProcess broker = BrokerProcess.start(home.resolve("ottla"), settings)) {
                assertThat(describeAll(broker)).hasSize(RECORDS + 10).containsAll(before);
                assertOffsetsAndConfigs(broker);
                assertThat(broker.stop()).isIn(0, 143);
            }
        }
    }

    /** Apache Kafka refuses to start while the ephemeral node of a killed broker lives. */
    private static void startOnceTheSessionOfBeforeHasEnded(BrokerProcess apache) {
        Awaitility.await().atMost(Clients.LIMIT).ignoreExceptions().until(() -> apache.start()
                .isAlive());
    }

    private static void end(BrokerProcess broker, boolean kill) {
        if (kill) {
            broker.kill();
        } else {
            assertThat(broker.stop()).isIn(0, 143);
        }
    }

    private static void fill(BrokerProcess broker) {
        Clients.createTopic(
                broker, "judged", 2, Map.of("segment.bytes", "20000", "retention.ms", "-1", "retention.bytes", "-1"));
        for (int i = 0; i < RECORDS; i += 200) {
            String codec = CODECS[i / 200];
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(
                    broker, Map.of("compression.type", codec, "linger.ms", "1", "batch.size", "2000"))) {
                for (int j = i; j < i + 200; j++) {
                    byte[] value = ("value-" + j + "-" + "x".repeat(j % 200)).getBytes(UTF_8);
                    producer.send(new ProducerRecord<>("judged", j % 2, 1_700_000_000_000L + j, key(j), value));
                }
            }
        }
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, Map.of("group.id", "judged-group"))) {
            consumer.commitSync(Map.of(new TopicPartition("judged", 1), new OffsetAndMetadata(77, "kept")));
        }
    }

    private static void produceMore(BrokerProcess broker) {
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of())) {
            for (int j = 0; j < 10; j++) {
                Clients.get(producer.send(new ProducerRecord<>("judged", j % 2, null, key(j), new byte[1])));
            }
        }
    }

    private static byte[] key(int i) {
        return ("k" + i).getBytes(UTF_8);
    }

    private static List<String> describeAll(BrokerProcess broker) {
        return Clients.readAll(broker, "judged").stream()
                .map(FilesTest::describe)
                .sorted()
                .toList();
    }

    private static String describe(ConsumerRecord<byte[], byte[]> r) {
        return r.partition() + "@" + r.offset() + " " + r.timestamp() + " " + new String(r.key(), UTF_8) + " "
                + Arrays.hashCode(r.value()) + " " + r.leaderEpoch().isPresent();
    }

    private static void assertOffsetsAndConfigs(BrokerProcess broker) {
        try (Admin admin = Clients.admin(broker)) {
            OffsetAndMetadata committed = Clients.get(
                            admin.listConsumerGroupOffsets("judged-group").partitionsToOffsetAndMetadata())
                    .get(new TopicPartition("judged", 1));
            assertThat(committed.offset()).isEqualTo(77);
            assertThat(committed.metadata()).isEqualTo("kept");
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "judged");
            assertThat(Clients.get(admin.describeConfigs(Set.of(topic)).all())
                            .get(topic)
                            .get("segment.bytes")
                            .value())
                    .isEqualTo("20000");
        }
    }

    /** Dumps all logs, indexes and snapshots; index checks only where a clean stop has trimmed the files. */
    private static void dumpEveryFile(Path data, boolean indexesToo) {
        List<Path> files = find(data, ".log");
        if (indexesToo) {
            files = new ArrayList<>(files);
            files.addAll(find(data, ".index"));
            files.addAll(find(data, ".timeindex"));
            files.addAll(find(data, ".snapshot"));
        }
        assertThat(files).hasSizeGreaterThan(4);
        String names = files.stream().map(Path::toString).collect(Collectors.joining(","));
        Command dump =
                Command.run("", Peer39.command("kafka.tools.DumpLogSegments", "--deep-iteration", "--files", names));
        assertThat(dump.exitCode()).as(dump.output()).isZero();
        assertThat(dump.output())
                .doesNotContain("mismatch")
                .doesNotContain("Found timestamp")
                .doesNotContain("out of order")
                .doesNotContain("Non-consecutive")
                .doesNotContain("isvalid: false")
                .doesNotContain("Exception");
        if (indexesToo) {
            Command sanity = Command.run(
                    "", Peer39.command("kafka.tools.DumpLogSegments", "--index-sanity-check", "--files", names));
            assertThat(sanity.output()).contains("passed sanity check").doesNotContain("Exception");
        }
    }

    private static List<Path> find(Path data, String suffix) {
        try (Stream<Path> paths = Files.walk(data)) {
            return paths.filter(path -> path.toString().endsWith(suffix))
                    .filter(path -> path.getParent().getFileName().toString().startsWith("judged")
                            || sizeOf(path) > 0 && suffix.equals(".log"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long sizeOf(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
