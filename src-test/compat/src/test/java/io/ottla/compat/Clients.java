package io.ottla.compat;

import io.ottla.process.BrokerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Java clients as the tests use them: bytes in, bytes out, and every wait bounded. */
final class Clients {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private Clients() {}

    static Admin admin(BrokerProcess broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }

    static KafkaProducer<byte[], byte[]> producer(BrokerProcess broker, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", broker.bootstrap());
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static KafkaConsumer<byte[], byte[]> consumer(BrokerProcess broker, Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>();
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", "false");
        all.putAll(settings);
        all.put("bootstrap.servers", broker.bootstrap());
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static void createTopic(BrokerProcess broker, String topic, int partitions, Map<String, String> configs) {
        try (Admin admin = admin(broker)) {
            get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs)))
                    .all());
        }
    }

    /** All records of all partitions of {@code topic}, from the first to the end of now, per partition in order. */
    static List<ConsumerRecord<byte[], byte[]>> readAll(BrokerProcess broker, String topic) {
        return readAll(broker, topic, IsolationLevel.READ_UNCOMMITTED);
    }

    /** As {@link #readAll(BrokerProcess, String)}, up to where a consumer of this level may read. */
    static List<ConsumerRecord<byte[], byte[]>> readAll(BrokerProcess broker, String topic, IsolationLevel isolation) {
        Map<String, Object> settings = Map.of("fetch.max.bytes", 64 << 20, "isolation.level", isolation.toString());
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker, settings)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            long deadlineNs = System.nanoTime() + LIMIT.toNanos();
            while (!reached(consumer, ends)) {
                if (System.nanoTime() > deadlineNs) {
                    throw new IllegalStateException("read " + records.size() + " records, but not up to " + ends);
                }
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    /** Polls until {@code count} records have come or the limit is over; returns what came. */
    static List<ConsumerRecord<byte[], byte[]>> poll(KafkaConsumer<byte[], byte[]> consumer, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long deadlineNs = System.nanoTime() + LIMIT.toNanos();
        while (records.size() < count && System.nanoTime() < deadlineNs) {
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        return records;
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

    /** Waits for the end of a thread that has been told to end. */
    static void join(Thread thread) {
        try {
            thread.join(LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + thread.getName() + " ends", e);
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " does not end");
        }
    }

    static void getAll(Collection<? extends Future<?>> futures) {
        futures.forEach(Clients::get);
    }

    private static boolean reached(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
