package io.ottla.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ottla.check.CommitHistory;
import io.ottla.check.DeliveryHistory;
import io.ottla.check.History;
import io.ottla.check.StoredRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** A member of a consumer group that commits what it has read; in the background, until closed. */
final class GroupMember implements AutoCloseable {
    private static final Duration END_LIMIT = Duration.ofSeconds(60);

    private final String bootstrap;
    private final String topic;
    private final String group;
    private final DeliveryHistory deliveries;
    private final CommitHistory commits;
    private final Thread thread;
    private volatile boolean running = true;

    GroupMember(String bootstrap, String topic, String group, String name, History history) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.group = group;
        this.deliveries = history.deliveries(group);
        this.commits = history.commits(group);
        this.thread = new Thread(this::run, name);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        running = false;
        Threads.join(thread, END_LIMIT);
    }

    private void run() {
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(bootstrap, Map.of("group.id", group))) {
            consumer.subscribe(List.of(topic), new CommitsAreFoundAgain(consumer));
            while (running) {
                try {
                    readAndCommit(consumer);
                } catch (KafkaException e) {
                    // The group has gone on without this member, or its coordinator is away: the next poll joins again.
                }
            }
        }
    }

    private void readAndCommit(KafkaConsumer<byte[], byte[]> consumer) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String value = new String(record.value(), UTF_8);
            deliveries.delivered(StoredRecord.parse(record.partition(), record.offset(), value));
            positions.put(new TopicPartition(topic, record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        if (!positions.isEmpty()) {
            positions.forEach((partition, to) -> commits.attempted(partition.partition(), to.offset()));
            consumer.commitSync(positions);
            positions.forEach((partition, to) -> commits.acknowledged(partition.partition(), to.offset()));
        }
    }

    /** Whoever takes a partition over finds at least what was committed before. */
    private final class CommitsAreFoundAgain implements ConsumerRebalanceListener {
        private final KafkaConsumer<byte[], byte[]> consumer;

        CommitsAreFoundAgain(KafkaConsumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // What was read was committed after each poll.
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                long floor = commits.floor(partition.partition());
                OffsetAndMetadata found = consumer.committed(Set.of(partition)).get(partition);
                commits.found(partition.partition(), floor, found == null ? 0 : found.offset());
            }
        }
    }
}
