package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.process.BrokerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a transaction over partitions on different brokers happens everywhere or nowhere, whatever broker dies. Method:
 * writers move money between partitions while brokers are killed, each by its role: leader of a partition, coordinator of a
 * writer, controller; once in a cluster as Apache Kafka 3.9's, and once more after {@code transaction.version} was raised
 * to 2 under their hands, which is undone in the same way. In the end a read_committed reader must find both records of every transfer that was committed, neither
 * of one that was aborted, both or neither where nobody told, each once, and a balance of nothing.
 */
class BankTransferTest {
    private static final String TOPIC = "bank";
    private static final int PARTITIONS = 4;
    private static final int WRITERS = 3;
    private static final int STATE_PARTITIONS = 4;

    @TempDir
    Path home;

    @Test
    void noTransferHappensByHalfWhoeverDies() {
        Map<String, String> settings = new HashMap<>(Cluster.QUICK);
        settings.put("transaction.state.log.num.partitions", Integer.toString(STATE_PARTITIONS));
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        settings.put("cluster.ottla.only", "true");
        try (Cluster cluster = Cluster.start(home, settings)) {
            cluster.createTopic(TOPIC, PARTITIONS, 3, Map.of());
            List<TransferWriter> writers = new ArrayList<>();
            try {
                for (int i = 0; i < WRITERS; i++) {
                    writers.add(new TransferWriter(cluster.bootstrap(), "writer-" + i, TOPIC, PARTITIONS));
                }
                writers.forEach(TransferWriter::awaitProgress);
                killEachRole(cluster, writers);
                setTransactionVersion(cluster, 2);
                int epochBefore = epoch(cluster);
                killEachRole(cluster, writers);
                assertThat(epoch(cluster))
                        .as("epochs, of which each transaction takes one since")
                        .isGreaterThan(epochBefore + 20);
                setTransactionVersion(cluster, 0);
                killAndRestart(cluster, writers, BankTransferTest::coordinator);
            } finally {
                writers.forEach(TransferWriter::close);
            }
            assertThat(violations(cluster, writers)).isEmpty();
        }
    }

    private static void killEachRole(Cluster cluster, List<TransferWriter> writers) {
        killAndRestart(cluster, writers, any -> any.leader(new TopicPartition(TOPIC, 0)));
        killAndRestart(cluster, writers, BankTransferTest::coordinator);
        killAndRestart(cluster, writers, Cluster::controller);
    }

    private static void setTransactionVersion(Cluster cluster, int level) {
        UpgradeType type = level == 0 ? UpgradeType.SAFE_DOWNGRADE : UpgradeType.UPGRADE;
        await("transaction.version " + level)
                .atMost(Cluster.LIMIT)
                .ignoreExceptions()
                .untilAsserted(() -> Clients.get(cluster.admin()
                        .updateFeatures(
                                Map.of("transaction.version", new FeatureUpdate((short) level, type)),
                                new UpdateFeaturesOptions())
                        .all()));
    }

    private static int epoch(Cluster cluster) {
        return await("the epoch of the first writer")
                .atMost(Cluster.LIMIT)
                .ignoreExceptions()
                .until(
                        () -> Clients.get(cluster.admin()
                                        .describeTransactions(List.of("writer-0"))
                                        .description("writer-0"))
                                .producerEpoch(),
                        epoch -> epoch >= 0);
    }

    /** The coordinator of the first writer. */
    private static int coordinator(Cluster cluster) {
        int partition = ("writer-0".hashCode() & Integer.MAX_VALUE) % STATE_PARTITIONS;
        return cluster.leader(new TopicPartition("__transaction_state", partition));
    }

    private static void killAndRestart(Cluster cluster, List<TransferWriter> writers, ToIntFunction<Cluster> role) {
        BrokerProcess victim = cluster.broker(role.applyAsInt(cluster));
        victim.kill();
        writers.forEach(TransferWriter::awaitProgress);
        victim.start();
        cluster.awaitFullIsr(TOPIC, "__transaction_state");
        writers.forEach(TransferWriter::awaitProgress);
    }

    private static List<String> violations(Cluster cluster, List<TransferWriter> writers) {
        Map<String, List<Integer>> seen = committed(cluster);
        List<String> violations = new ArrayList<>();
        long balance = 0;
        for (Map.Entry<String, List<Integer>> each : seen.entrySet()) {
            int sum = each.getValue().stream().mapToInt(Integer::intValue).sum();
            balance += sum;
            if (each.getValue().size() != 2 || sum != 0) {
                violations.add(each.getKey() + " has the records " + each.getValue());
            }
        }
        for (TransferWriter writer : writers) {
            writer.outcomes().forEach((transfer, outcome) -> {
                boolean wrong = (outcome == TransferWriter.Outcome.COMMITTED && !seen.containsKey(transfer))
                        || (outcome == TransferWriter.Outcome.ABORTED && seen.containsKey(transfer));
                if (wrong) {
                    violations.add(transfer + " was " + outcome + " and has the records " + seen.get(transfer));
                }
            });
        }
        if (balance != 0) {
            violations.add("the balance is " + balance);
        }
        return violations;
    }

    /** The amounts that read_committed shows, by transfer. */
    private static Map<String, List<Integer>> committed(Cluster cluster) {
        Map<String, List<Integer>> seen = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                        Clients.consumer(cluster.bootstrap(), Map.of("isolation.level", "read_committed"));
                KafkaConsumer<byte[], byte[]> uncommitted = Clients.consumer(cluster.bootstrap(), Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(info -> new TopicPartition(TOPIC, info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = uncommitted.endOffsets(partitions);
            await("what is committed reaches " + ends)
                    .pollInSameThread()
                    .atMost(Cluster.LIMIT)
                    .until(() -> {
                        consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                            String[] parts = new String(record.value(), StandardCharsets.UTF_8).split(":");
                            seen.computeIfAbsent(parts[0], id -> new ArrayList<>())
                                    .add(Integer.parseInt(parts[1]));
                        });
                        return ends.entrySet().stream()
                                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                    });
        }
        return seen;
    }
}
