package io.ottla.bench.load;

import io.ottla.bench.load.LoadSpec.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A consumer that reads a topic to its end, again and again, each partition on its own. Confined to one thread. */
final class RereadingConsumer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ends;

    RereadingConsumer(String bootstrap, Topic topic) {
        consumer = Clients.consumer(bootstrap);
        List<TopicPartition> partitions = Clients.partitions(topic);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        ends = consumer.endOffsets(partitions);
    }

    /** Reads once and counts. */
    void poll(Counters counters) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        long bytes = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            bytes += record.value().length;
        }
        counters.addRecords(records.count(), bytes);
        for (TopicPartition partition : records.partitions()) {
            if (consumer.position(partition) >= ends.getOrDefault(partition, 0L)) {
                consumer.seekToBeginning(List.of(partition));
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
