package io.ottla.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Command;
import io.ottla.process.Host;
import io.ottla.process.Peer39;
import io.ottla.process.Product;
import io.ottla.process.ZooKeeperProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: what transactions leave on disk is Apache Kafka's: batches and markers, transaction indexes, producer snapshots, the
 * coordinator's own topic. Method: committed and aborted transactions and one that is open; DumpLogSegments reads the files, and the
 * broker of Apache Kafka 3.9 takes them over and ends the open one.
 */
class TransactionFilesTest {
    private static final String TOPIC = "transactions";
    private static final int ROUNDS = 60;

    @TempDir
    Path home;

    @Test
    void apacheKafkaReadsTheFilesAndGoesOn() {
        try (ZooKeeperProcess zooKeeper =
                ZooKeeperProcess.start(Product.APACHE_39, Host.LOOPBACK, home.resolve("zk"))) {
            Map<String, String> settings = Map.of(
                    "zookeeper.connect", zooKeeper.connect() + "/kafka",
                    "zookeeper.session.timeout.ms", "6000",
                    "transaction.state.log.num.partitions", "1");
            Path copy = home.resolve("apache");
            List<String> expected;
            try (BrokerProcess broker = BrokerProcess.start(home.resolve("ottla"), settings)) {
                Clients.createTopic(broker, TOPIC, 1, Map.of("segment.bytes", "5000"));
                expected = load(broker);
                assertThat(committed(broker)).isEqualTo(expected);
                assertThat(broker.stop()).isIn(0, 143);
                Folders.copy(broker.dataDir(), copy.resolve("data"));
            }
            dumpPartition(copy.resolve("data").resolve(TOPIC + "-0"));
            dumpCoordinator(copy.resolve("data").resolve("__transaction_state-0"));
            try (BrokerProcess apache = BrokerProcess.createApache(copy, settings)) {
                Awaitility.await().atMost(Clients.LIMIT).ignoreExceptions().until(() -> apache.start()
                        .isAlive());
                assertThat(committed(apache)).isEqualTo(expected);
                expected.add("after all");
                try (KafkaProducer<byte[], byte[]> producer = producer(apache, "open")) {
                    producer.beginTransaction();
                    producer.send(record("after all"));
                    producer.commitTransaction();
                }
                assertThat(committed(apache)).isEqualTo(expected);
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(BrokerProcess broker, String id) {
        KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of("transactional.id", id));
        producer.initTransactions();
        return producer;
    }

    private static ProducerRecord<byte[], byte[]> record(String value) {
        return new ProducerRecord<>(TOPIC, 0, null, value.getBytes(UTF_8));
    }

    /** The last transaction is left open; returns what is committed. */
    private static List<String> load(BrokerProcess broker) {
        List<String> committed = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(broker, "busy")) {
            for (int round = 0; round < ROUNDS; round++) {
                producer.beginTransaction();
                String value = "round " + round + "x".repeat(300);
                Clients.get(producer.send(record(value)));
                if (round % 3 == 0) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                    committed.add(value);
                }
            }
        }
        KafkaProducer<byte[], byte[]> abandoned = producer(broker, "open");
        abandoned.beginTransaction();
        Clients.get(abandoned.send(record("never")));
        abandoned.close(Duration.ZERO);
        return committed;
    }

    private static List<String> committed(BrokerProcess broker) {
        return Clients.readAll(broker, TOPIC, IsolationLevel.READ_COMMITTED).stream()
                .map(each -> new String(each.value(), UTF_8))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static void dumpPartition(Path partition) {
        String logs = dump(partition, "\\.log", "--deep-iteration");
        assertThat(logs).contains("endTxnMarker: COMMIT").contains("endTxnMarker: ABORT");
        String indexes = dump(partition, "\\.txnindex");
        assertThat(indexes.split("lastStableOffset: ", -1)).hasSize(ROUNDS / 3 + 1);
        String snapshots = dump(partition, "\\.snapshot");
        assertThat(snapshots)
                .contains("producerId: ")
                .containsPattern("currentTxnFirstOffset: (OptionalLong\\[|Some\\()?[0-9]");
    }

    private static void dumpCoordinator(Path partition) {
        String states = dump(partition, "\\.log", "--transaction-log-decoder");
        assertThat(states)
                .contains("transactionalId=busy", "transactionalId=open")
                .contains("state=Ongoing", "state=PrepareCommit", "state=CompleteCommit", "state=CompleteAbort");
    }

    /** What DumpLogSegments says of the files with this suffix. */
    private static String dump(Path partition, String suffix, String... options) {
        String names = Folders.list(partition).stream()
                .map(Path::toString)
                .filter(name -> name.matches(".*" + suffix))
                .collect(Collectors.joining(","));
        assertThat(names).isNotEmpty();
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("--files", names));
        Command dump = Command.run("", Peer39.command("kafka.tools.DumpLogSegments", arguments.toArray(String[]::new)));
        assertThat(dump.exitCode()).as(dump.output()).isZero();
        assertThat(dump.output())
                .doesNotContain("mismatch")
                .doesNotContain("isvalid: false")
                .doesNotContain("Exception");
        return dump.output();
    }
}
