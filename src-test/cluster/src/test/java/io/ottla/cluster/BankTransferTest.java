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
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a transaction over partitions on different brokers happens everywhere or nowhere, whatever broker dies. Method:
 * writers move money between partitions while brokers are killed, each by its role: leader of a partition, coordinator of a
 * writer, controller. In the end a read_committed reader must find both records of every transfer that was committed, neither
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
        try (Cluster cluster = Cluster.start(home, settings)) {
            cluster.createTopic(TOPIC, PARTITIONS, 3, Map.of());
            List<TransferWriter> writers = new ArrayList<>();
            try {
                for (int i = 0; i < WRITERS; i++) {
                    writers.add(new TransferWriter(cluster.bootstrap(), "writer-" + i, TOPIC, PARTITIONS));
                }
                writers.forEach(TransferWriter::awaitProgress);
                for (int round = 0; round < 2; round++) {
                    killAndRestart(cluster, writers, any -> any.leader(new TopicPartition(TOPIC, 0)));
                    killAndRestart(cluster, writers, BankTransferTest::coordinator);
                    killAndRestart(cluster, writers, Cluster::controller);
                }
            } finally {
                writers.forEach(TransferWriter::close);
            }
            assertThat(violations(cluster, writers)).isEmpty();
        }
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
