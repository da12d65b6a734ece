package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ottla.process.Command;
import io.ottla.process.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Goal: Apache Kafka's own tools move replicas, at the rate that was set, take that back, elect leaders, and find a healthy
 * cluster. Method: three broker processes, the scripts of the distribution, and what the tools say.
 */
@Isolated("judges at which rate replicas move")
class ReassignmentToolsTest {
    private static final String TOPIC = "moving";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final String NO_LAG = "max lag is 0 for partition " + PARTITION;
    private static final int RECORDS = 3_000;
    private static final int RECORD_BYTES = 1_000;

    @TempDir
    Path home;

    @Test
    void toolsMoveReplicasAndFindAHealthyCluster() throws IOException {
        try (Cluster cluster = Cluster.start(home, Cluster.QUICK)) {
            Clients.get(cluster.admin()
                    .createTopics(List.of(new NewTopic(TOPIC, Map.of(0, List.of(1, 2)))))
                    .all());
            cluster.awaitFullIsr(TOPIC);
            fill(cluster);

            cancels(cluster);
            moves(cluster);
            electsThePreferredLeader(cluster);

            assertThat(tool("kafka-log-dirs.sh", cluster, "--describe", "--topic-list", TOPIC))
                    .contains("\"partition\":\"moving-0\"")
                    .contains("\"isFuture\":false");
            assertThat(healthReport(cluster)).contains(NO_LAG);
            try (var consumer = Clients.consumer(cluster.bootstrap(), Map.of())) {
                assertThat(consumer.endOffsets(List.of(PARTITION))).containsEntry(PARTITION, (long) RECORDS);
            }
        }
    }

    private static void fill(Cluster cluster) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", cluster.bootstrap());
        settings.put("acks", "all");
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, new byte[RECORD_BYTES]));
            }
        }
    }

    /** So slow that the move cannot be over: three megabytes at ten kilobytes a second. */
    private void cancels(Cluster cluster) throws IOException {
        Path plan = plan("[2,3]");
        assertThat(reassign(cluster, plan, "--execute", "--throttle", "10000")).contains("Successfully started");
        assertThat(tool("kafka-reassign-partitions.sh", cluster, "--list"))
                .contains("moving-0: replicas: 2,3,1. adding: 3. removing: 1.");
        assertThat(reassign(cluster, plan, "--verify")).contains("moving-0 is still in progress");
        assertThat(reassign(cluster, plan, "--cancel")).contains("Successfully cancelled");
        assertThat(tool("kafka-reassign-partitions.sh", cluster, "--list"))
                .contains("No partition reassignments found");
        // The order of the target stays, as with Apache Kafka: the topic's node does not tell another.
        assertThat(replicas(cluster)).containsExactly(2, 1);
    }

    /** A fetch brings a megabyte. The first may come before the brokers have heard of the throttle; the third has to wait. */
    private void moves(Cluster cluster) throws IOException {
        Path plan = plan("[3,2]");
        long beginNs = System.nanoTime();
        assertThat(reassign(cluster, plan, "--execute", "--throttle", "250000")).contains("Successfully started");
        await().atMost(Cluster.LIMIT).until(() -> reassign(cluster, plan, "--verify", "--preserve-throttles")
                .contains("Reassignment of partition moving-0 is completed"));
        assertThat(System.nanoTime() - beginNs)
                .as("three megabytes at a quarter of one a second")
                .isGreaterThan(3_900_000_000L);
        assertThat(reassign(cluster, plan, "--verify")).contains("Clearing broker-level throttles");
        assertThat(replicas(cluster)).containsExactly(3, 2);
        cluster.awaitFullIsr(TOPIC);
    }

    private void electsThePreferredLeader(Cluster cluster) {
        Command elected = Command.script(
                "kafka-leader-election.sh",
                "--bootstrap-server",
                cluster.bootstrap(),
                "--election-type",
                "preferred",
                "--topic",
                TOPIC,
                "--partition",
                "0");
        assertThat(elected.exitCode()).as(elected.output()).isZero();
        await().atMost(Cluster.LIMIT).until(() -> cluster.leader(PARTITION) == 3);
    }

    /** The tool reports for ever; it is ended after the report that is wanted. */
    private static String healthReport(Cluster cluster) {
        return Command.runUntil(
                        NO_LAG,
                        List.of(
                                Distribution.script("kafka-replica-verification.sh")
                                        .toString(),
                                "--broker-list",
                                cluster.bootstrap(),
                                "--topics-include",
                                TOPIC,
                                "--report-interval-ms",
                                "1000"))
                .output();
    }

    private static List<Integer> replicas(Cluster cluster) {
        return cluster.partitions(TOPIC).get(0).replicas().stream()
                .map(Node::id)
                .toList();
    }

    private Path plan(String replicas) throws IOException {
        String json = "{\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"replicas\":%s}]}";
        return Files.writeString(home.resolve("plan.json"), json.formatted(TOPIC, replicas));
    }

    private static String reassign(Cluster cluster, Path plan, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--reassignment-json-file", plan.toString()));
        return tool("kafka-reassign-partitions.sh", cluster, all.toArray(String[]::new));
    }

    private static String tool(String script, Cluster cluster, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", cluster.bootstrap()));
        all.addAll(List.of(arguments));
        Command run = Command.script(script, all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.output()).isZero();
        return run.output();
    }
}
