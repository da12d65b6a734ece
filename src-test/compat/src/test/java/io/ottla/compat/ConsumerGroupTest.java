package io.ottla.compat;

import static io.ottla.compat.SharedBroker.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Rest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: groups of Java consumers share partitions, survive members that come, leave and fall silent, and keep offsets.
 * Method: the real consumers, each in a thread, against a broker process; runs with the newest client and with 3.9.
 */
@ExtendWith(SharedBroker.class)
@SuppressWarnings({"deprecation", "removal"}) // what both clients have: the newest has deprecated some of it
class ConsumerGroupTest {
    private static final int PARTITIONS = 6;

    private final BrokerProcess broker;

    ConsumerGroupTest(BrokerProcess broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
    void membersThatComeAndLeaveShareThePartitions(Class<?> assignor) {
        String topic = topicWithPartitions();
        Map<String, Object> settings = group(uniqueName("share"), assignor);
        try (Member first = new Member(settings, topic)) {
            awaitAssignments(first);
            try (Member second = new Member(settings, topic);
                    Member third = new Member(settings, topic)) {
                awaitAssignments(first, second, third);
                assertThat(first.assigned()).hasSize(2);
                assertThat(second.assigned()).hasSize(2);
            }
            awaitAssignments(first);
            assertThat(first.assigned()).hasSize(PARTITIONS);
        }
    }

    @Test
    void silentMemberLosesItsPartitionsAfterTheSessionTimeout() {
        String topic = topicWithPartitions();
        Map<String, Object> settings = group(uniqueName("silent"), RangeAssignor.class);
        settings = new java.util.HashMap<>(settings);
        settings.put("max.poll.interval.ms", "6500");
        try (Member first = new Member(settings, topic);
                Member second = new Member(settings, topic)) {
            awaitAssignments(first, second);
            second.fallSilent();
            Awaitility.await().atMost(Clients.LIMIT).untilAsserted(() -> assertThat(first.assigned())
                    .hasSize(PARTITIONS));
        }
    }

    @Test
    void everyRecordIsConsumedExactlyOnceWhileMembersChange() {
        String topic = topicWithPartitions();
        Map<String, Object> settings = group(uniqueName("changing"), CooperativeStickyAssignor.class);
        int count = 3000;
        try (Member first = new Member(settings, topic)) {
            produce(topic, 0, count / 3);
            try (Member second = new Member(settings, topic)) {
                produce(topic, count / 3, 2 * count / 3);
                awaitAssignments(first, second);
                Awaitility.await().atMost(Clients.LIMIT).until(() -> first.count() + second.count() >= 2 * count / 3);
                produce(topic, 2 * count / 3, count);
                Awaitility.await().atMost(Clients.LIMIT).until(() -> first.count() + second.count() >= count);
                Set<String> all = new TreeSet<>(first.values());
                all.addAll(second.values());
                assertThat(all).hasSize(count);
            }
        }
    }

    @Test
    void staticMemberComesBackWithoutARebalance() {
        String topic = topicWithPartitions();
        String group = uniqueName("static");
        Map<String, Object> one = new java.util.HashMap<>(group(group, RangeAssignor.class));
        one.put("group.instance.id", "one");
        Map<String, Object> two = new java.util.HashMap<>(one);
        two.put("group.instance.id", "two");
        try (Member first = new Member(one, topic)) {
            Member second = new Member(two, topic);
            awaitAssignments(first, second);
            Set<TopicPartition> before = Set.copyOf(second.assigned());
            int rebalances = first.rebalances();
            second.close();
            try (Member again = new Member(two, topic)) {
                Awaitility.await().atMost(Clients.LIMIT).until(() -> again.assigned()
                        .equals(before));
                assertThat(first.rebalances()).isEqualTo(rebalances);
            }
        }
    }

    @Test
    void committedOffsetsAreReadBackListedAndDeleted() {
        String topic = topicWithPartitions();
        String group = uniqueName("offsets");
        TopicPartition partition = new TopicPartition(topic, 3);
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, Map.of("group.id", group))) {
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(42, Optional.of(0), "why")));
            OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
            assertThat(committed.offset()).isEqualTo(42);
            assertThat(committed.metadata()).isEqualTo("why");
            assertThat(consumer.committed(Set.of(new TopicPartition(topic, 0))).get(new TopicPartition(topic, 0)))
                    .isNull();
        }
        try (Admin admin = Clients.admin(broker)) {
            assertThat(Clients.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()))
                    .containsOnlyKeys(partition);
            Clients.get(admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(7)))
                    .all());
            assertThat(Clients.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                            .get(partition)
                            .offset())
                    .isEqualTo(7);
            Clients.get(
                    admin.deleteConsumerGroupOffsets(group, Set.of(partition)).all());
            assertThat(Clients.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()))
                    .isEmpty();
        }
    }

    @Test
    void groupsAreDescribedListedAndDeletedWhenEmpty() {
        String topic = topicWithPartitions();
        String group = uniqueName("described");
        try (Admin admin = Clients.admin(broker)) {
            try (Member member = new Member(group(group, RangeAssignor.class), topic)) {
                awaitAssignments(member);
                Awaitility.await().untilAsserted(() -> {
                    ConsumerGroupDescription description = describe(admin, group);
                    assertThat(description.state().toString()).isEqualTo("Stable");
                    assertThat(description.partitionAssignor()).isEqualTo("range");
                    assertThat(description.members()).singleElement().satisfies(m -> {
                        assertThat(m.assignment().topicPartitions()).hasSize(PARTITIONS);
                        assertThat(m.host()).isEqualTo("/127.0.0.1");
                    });
                });
                assertThat(Clients.get(admin.listConsumerGroups().all()))
                        .anyMatch(l -> l.groupId().equals(group));
                Assertions.assertThatThrownBy(() -> Clients.get(
                                admin.deleteConsumerGroups(List.of(group)).all()))
                        .hasRootCauseInstanceOf(GroupNotEmptyException.class);
            }
            Awaitility.await().untilAsserted(() -> assertThat(
                            describe(admin, group).state().toString())
                    .isEqualTo("Empty"));
            Clients.get(admin.deleteConsumerGroups(List.of(group)).all());
            Assertions.assertThatThrownBy(() -> Clients.get(
                            admin.deleteConsumerGroups(List.of(group)).all()))
                    .hasRootCauseInstanceOf(GroupIdNotFoundException.class);
        }
    }

    @Test
    void lagCanBeComputedByTheAdminClient() {
        String topic = topicWithPartitions();
        String group = uniqueName("lag");
        produce(topic, 0, 60);
        try (Member member = new Member(group(group, RangeAssignor.class), topic)) {
            Awaitility.await().atMost(Clients.LIMIT).until(() -> member.count() == 60);
        }
        try (Admin admin = Clients.admin(broker)) {
            var committed = Clients.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
            assertThat(committed.values().stream()
                            .mapToLong(OffsetAndMetadata::offset)
                            .sum())
                    .isEqualTo(60);
            var ends = Clients.get(admin.listOffsets(Map.of(new TopicPartition(topic, 0), OffsetSpec.latest()))
                    .all());
            assertThat(ends.get(new TopicPartition(topic, 0)).offset())
                    .isEqualTo(committed.get(new TopicPartition(topic, 0)).offset());
        }
    }

    private static ConsumerGroupDescription describe(Admin admin, String group) {
        return Clients.get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
    }

    private String topicWithPartitions() {
        String topic = uniqueName("grouped");
        Clients.createTopic(broker, topic, PARTITIONS, Map.of());
        return topic;
    }

    private static Map<String, Object> group(String group, Class<?> assignor) {
        return Map.of(
                "group.id",
                group,
                "partition.assignment.strategy",
                assignor.getName(),
                "session.timeout.ms",
                "6000",
                "heartbeat.interval.ms",
                "300");
    }

    private void produce(String topic, int from, int to) {
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, Map.of())) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(
                        topic, i % PARTITIONS, null, String.valueOf(i).getBytes()));
            }
            producer.flush();
        }
    }

    /** Waits until the members together own every partition exactly once and each of them at least one. */
    private static void awaitAssignments(Member... members) {
        Awaitility.await().atMost(Clients.LIMIT).untilAsserted(() -> {
            List<TopicPartition> all = new ArrayList<>();
            for (Member member : members) {
                assertThat(member.assigned()).isNotEmpty();
                all.addAll(member.assigned());
            }
            assertThat(all).hasSize(PARTITIONS).doesNotHaveDuplicates();
        });
    }

    /** A consumer that polls and commits in a thread of its own until it is closed or falls silent. */
    private final class Member implements AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Thread thread;
        private final ConcurrentLinkedQueue<String> values = new ConcurrentLinkedQueue<>();
        private volatile Set<TopicPartition> assigned = Set.of();
        private volatile int rebalances;
        private volatile boolean running = true;
        private volatile boolean silent;

        Member(Map<String, Object> settings, String topic) {
            consumer = Clients.consumer(broker, settings);
            thread = new Thread(() -> run(topic), "member");
            thread.start();
        }

        private void run(String topic) {
            consumer.subscribe(List.of(topic));
            while (running) {
                if (silent) {
                    Rest.briefly();
                    continue;
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    values.add(new String(record.value()));
                }
                publish(Set.copyOf(consumer.assignment()));
                if (!values.isEmpty()) {
                    commit();
                }
            }
            consumer.close();
        }

        private void commit() {
            try {
                consumer.commitSync();
            } catch (RebalanceInProgressException | CommitFailedException e) {
                // A rebalance came between: what this member was given is committed by its next poll.
                publish(Set.copyOf(consumer.assignment()));
            }
        }

        private void publish(Set<TopicPartition> now) {
            if (!now.equals(assigned)) {
                assigned = now;
                rebalances++;
            }
        }

        Set<TopicPartition> assigned() {
            return assigned;
        }

        int rebalances() {
            return rebalances;
        }

        int count() {
            return values.size();
        }

        List<String> values() {
            return List.copyOf(values);
        }

        void fallSilent() {
            silent = true;
        }

        @Override
        public void close() {
            running = false;
            Clients.join(thread);
        }
    }
}
