package io.ottla.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.awaitility.Awaitility;

/**
 * Many partitions of three replicas, and the death of the controller's process, which leads a third of them. Each step is
 * bounded in time.
 */
final class FailOverAtScale {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final int TOPICS = 10;

    private final Cluster cluster;
    private final int partitions;
    private final List<String> topics = new ArrayList<>();

    FailOverAtScale(Cluster cluster, int partitions) {
        this.cluster = cluster;
        this.partitions = partitions;
        for (int topic = 0; topic < TOPICS; topic++) {
            topics.add("scale-" + topic);
        }
    }

    /** The milliseconds until all partitions are there and in sync. */
    double createMs() {
        long startNs = System.nanoTime();
        try (Admin admin = admin()) {
            for (String topic : topics) {
                NewTopic wanted = new NewTopic(topic, partitions / TOPICS, (short) 3);
                await(admin.createTopics(List.of(wanted)).all());
            }
            awaitAll(
                    admin,
                    partition -> partition.leader() != null
                            && partition.isr().size() == partition.replicas().size());
        }
        return (System.nanoTime() - startNs) / 1e6;
    }

    /** The milliseconds from the death of the controller's process until no partition is led by it any more. */
    double loseControllerMs() {
        int victim = cluster.controller();
        try (Admin admin = admin()) {
            long killedNs = System.nanoTime();
            cluster.broker(victim).kill();
            awaitAll(
                    admin,
                    partition -> partition.leader() != null
                            && partition.leader().id() >= 0
                            && partition.leader().id() != victim);
            return (System.nanoTime() - killedNs) / 1e6;
        }
    }

    /** A client for answers that take long: one that asked again would be told that its topic exists. */
    private Admin admin() {
        String limitMs = Long.toString(LIMIT.toMillis());
        return Admin.create(Map.of(
                "bootstrap.servers",
                cluster.bootstrap(),
                "request.timeout.ms",
                limitMs,
                "default.api.timeout.ms",
                limitMs));
    }

    private void awaitAll(Admin admin, Predicate<TopicPartitionInfo> wanted) {
        List<String> open = new ArrayList<>(topics);
        Awaitility.await("for all partitions")
                .atMost(LIMIT)
                .pollInterval(LOOK)
                .ignoreExceptions()
                .until(() -> {
                    Map<String, TopicDescription> described =
                            Clients.get(admin.describeTopics(open).allTopicNames());
                    open.removeIf(
                            topic -> described.get(topic).partitions().stream().allMatch(wanted));
                    return open.isEmpty();
                });
    }

    private static void await(KafkaFuture<Void> future) {
        Awaitility.await("for the controller's answer").atMost(LIMIT).until(future::isDone);
        Clients.get(future);
    }
}
