package io.ottla.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ottla.check.ProducerHistory;
import io.ottla.check.StoredRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** An idempotent Java producer with acks=all. Public, with a public constructor, for other class loaders' sake. */
public final class KafkaWriter implements Writer {
    private static final int IN_FLIGHT = 4000;
    private static final Duration END_LIMIT = Duration.ofSeconds(150);

    private final Map<String, Object> settings;
    private final String topic;
    private final int partitions;
    private final long pauseMs;
    private final ProducerHistory history;
    private final IntConsumer onAcknowledged;
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
    private final Thread thread;
    private volatile boolean running = true;

    /**
     * @param settings of the producer, on top of idempotence and acks=all
     * @param pauseMs between one record for each partition and the next
     * @param onAcknowledged is told the partition of each acknowledged record
     */
    public KafkaWriter(
            Map<String, Object> settings,
            String topic,
            int partitions,
            long pauseMs,
            ProducerHistory history,
            IntConsumer onAcknowledged) {
        this.settings = new HashMap<>(settings);
        this.settings.put("acks", "all");
        this.settings.put("enable.idempotence", "true");
        this.topic = topic;
        this.partitions = partitions;
        this.pauseMs = pauseMs;
        this.history = history;
        this.onAcknowledged = onAcknowledged;
        this.thread = new Thread(this::run, history.producer());
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        running = false;
        Threads.join(thread, END_LIMIT);
    }

    private void run() {
        String padding = ":" + "x".repeat(100);
        // The producer finds its own classes through this.
        Thread.currentThread().setContextClassLoader(KafkaProducer.class.getClassLoader());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            while (running) {
                for (int partition = 0; partition < partitions; partition++) {
                    send(producer, partition, padding);
                }
                TimeUnit.MILLISECONDS.sleep(pauseMs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, int partition, String padding)
            throws InterruptedException {
        inFlight.acquire();
        long sequence = history.attempted(partition);
        byte[] value = (StoredRecord.value(history.producer(), sequence) + padding).getBytes(UTF_8);
        byte[] key = Long.toString(sequence).getBytes(UTF_8);
        try {
            producer.send(new ProducerRecord<>(topic, partition, key, value), (metadata, error) -> {
                inFlight.release();
                if (error == null) {
                    history.acknowledged(partition, sequence, metadata.offset());
                    onAcknowledged.accept(partition);
                } else {
                    history.failed(partition, sequence, error.toString());
                }
            });
        } catch (KafkaException e) {
            // Not sent at all: the call-back is not called.
            inFlight.release();
            history.failed(partition, sequence, "send: " + e);
        }
    }
}
