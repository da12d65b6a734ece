package io.ottla.cluster;

import io.ottla.check.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Java clients with every wait bounded. */
final class Clients {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Clients() {}

    static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>();
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", "false");
        all.put("request.timeout.ms", "5000");
        all.put("default.api.timeout.ms", "15000");
        all.put("session.timeout.ms", "10000");
        all.put("metadata.max.age.ms", "5000");
        all.putAll(settings);
        all.put("bootstrap.servers", bootstrap);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** All records of all partitions of {@code topic}, from the first to the end of now, per partition in order. */
    static List<StoredRecord> readAll(String bootstrap, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrap, Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<StoredRecord> records = new ArrayList<>();
            long deadlineNs = System.nanoTime() + LIMIT.toNanos();
            while (!reached(consumer, ends)) {
                if (System.nanoTime() > deadlineNs) {
                    throw new IllegalStateException("read " + records.size() + " records, but not up to " + ends);
                }
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    String value = new String(record.value(), StandardCharsets.UTF_8);
                    records.add(StoredRecord.parse(record.partition(), record.offset(), value));
                });
            }
            return records;
        }
    }

    static <T> T get(Future<T> future) {
        try {
            return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker refused: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer within " + LIMIT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static boolean reached(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
