package io.ottla.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.process.BrokerProcess;
import io.ottla.process.Rest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Goal: kill -9 loses nothing that was acknowledged. Method: the broker process is killed again and again under the load
 * of idempotent producers and of a consumer that commits; at the end everything is read back and counted.
 */
@Execution(ExecutionMode.SAME_THREAD) // Computes all the time, as do some others: one of them at a time.
class CrashTest {
    private static final int PARTITIONS = 4;
    private static final TopicPartition COMMITTED = new TopicPartition("committed", 0);

    @TempDir
    Path home;

    @Test
    void nothingAcknowledgedIsLostOrDuplicatedOverTwentyKills() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(home, Map.of("log.segment.bytes", "300000"))) {
            Clients.createTopic(broker, "load", PARTITIONS, Map.of());
            Clients.createTopic(broker, COMMITTED.topic(), 1, Map.of());
            try (Load load = new Load(broker)) {
                Random random = new Random(20);
                for (int round = 0; round < 20; round++) {
                    long before = load.acknowledged.size();
                    Awaitility.await()
                            .atMost(Clients.LIMIT)
                            .until(() -> load.acknowledged.size() > before + 500 && load.committed.get() > 0);
                    Thread.sleep(random.nextInt(150));
                    broker.kill();
                    broker.start();
                }
            }
            assertEverythingIsThere(broker);
            assertThat(broker.stop()).isIn(0, 143);
        }
    }

    private Set<String> acknowledged = Set.of();
    private long lastCommitted;

    private void assertEverythingIsThere(BrokerProcess broker) {
        List<ConsumerRecord<byte[], byte[]>> records = Clients.readAll(broker, "load");
        Set<String> values = new HashSet<>();
        Map<Integer, Long> nextOffset = new HashMap<>();
        Map<String, Long> lastSequence = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String value = new String(record.value(), UTF_8);
            assertThat(values.add(value)).as("duplicate " + value).isTrue();
            assertThat(record.offset()).isEqualTo(nextOffset.getOrDefault(record.partition(), 0L));
            nextOffset.put(record.partition(), record.offset() + 1);
            String source = record.partition() + "/" + value.substring(0, value.indexOf('-'));
            long sequence = Long.parseLong(value.substring(value.indexOf('-') + 1));
            assertThat(lastSequence.getOrDefault(source, -1L)).isLessThan(sequence);
            lastSequence.put(source, sequence);
        }
        assertThat(values).containsAll(acknowledged);
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, Map.of("group.id", "commits"))) {
            OffsetAndMetadata committed = consumer.committed(Set.of(COMMITTED)).get(COMMITTED);
            assertThat(committed.offset()).isGreaterThanOrEqualTo(lastCommitted);
        }
    }

    /** Two idempotent producers and a committer, each in a thread, until closed. */
    private final class Load implements AutoCloseable {
        private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        private final AtomicLong committed = new AtomicLong();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean running = true;

        Load(BrokerProcess broker) {
            for (int i = 0; i < 2; i++) {
                String name = "p" + i;
                threads.add(new Thread(() -> produce(broker, name), name));
            }
            threads.add(new Thread(() -> commit(broker), "committer"));
            threads.forEach(Thread::start);
        }

        private void produce(BrokerProcess broker, String name) {
            Map<String, Object> settings = Map.of(
                    "acks", "all",
                    "enable.idempotence", "true",
                    "linger.ms", "1",
                    "batch.size", "2000",
                    "delivery.timeout.ms", "120000",
                    "reconnect.backoff.ms", "20",
                    "reconnect.backoff.max.ms", "50");
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(broker, settings)) {
                for (long i = 0; running; i++) {
                    String value = name + "-" + i;
                    int partition = (int) (i % PARTITIONS);
                    producer.send(new ProducerRecord<>("load", partition, null, value.getBytes(UTF_8)), (at, error) -> {
                        if (error == null) {
                            acknowledged.add(value);
                        }
                    });
                    if (i % 50 == 0) {
                        Rest.briefly();
                    }
                }
            }
        }

        private void commit(BrokerProcess broker) {
            Map<String, Object> settings = Map.of("group.id", "commits", "reconnect.backoff.max.ms", "50");
            try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(broker, settings)) {
                for (long offset = 1; running; offset++) {
                    try {
                        consumer.commitSync(Map.of(COMMITTED, new OffsetAndMetadata(offset)), Duration.ofSeconds(30));
                        committed.set(offset);
                    } catch (KafkaException e) {
                        // The broker is away: the next commit, with a higher offset, tries again.
                        Rest.briefly();
                    }
                }
            }
        }

        @Override
        public void close() {
            running = false;
            threads.forEach(Clients::join);
            CrashTest.this.acknowledged = acknowledged;
            CrashTest.this.lastCommitted = committed.get();
        }
    }
}
