package io.ottla.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/**
 * Moves money between the partitions of a topic, each transfer in a transaction: one record takes, one gives. It remembers
 * what it was told of each transfer. After an error it begins anew with the same transactional id, as an application would.
 */
final class TransferWriter implements AutoCloseable {
    enum Outcome {
        COMMITTED,
        ABORTED,
        /** Nobody told. */
        UNKNOWN
    }

    private final String bootstrap;
    private final String name;
    private final String topic;
    private final int partitions;
    private final Random random;
    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
    private final AtomicInteger commits = new AtomicInteger();
    private final Thread thread;
    private volatile boolean ending;
    private int transfers;

    TransferWriter(String bootstrap, String name, String topic, int partitions) {
        this.bootstrap = bootstrap;
        this.name = name;
        this.topic = topic;
        this.partitions = partitions;
        this.random = new Random(name.hashCode());
        this.thread = new Thread(this::run, name);
        thread.start();
    }

    /** What became of each transfer, by its name. */
    Map<String, Outcome> outcomes() {
        return outcomes;
    }

    /** Returns once this writer has committed some more. */
    void awaitProgress() {
        int target = commits.get() + 10;
        Awaitility.await(name + " to go on").atMost(Cluster.LIMIT).until(() -> commits.get() >= target);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("transactional.id", name);
        settings.put("transaction.timeout.ms", 10_000);
        settings.put("request.timeout.ms", 5_000);
        settings.put("delivery.timeout.ms", 30_000);
        settings.put("max.block.ms", 60_000);
        settings.put("metadata.max.age.ms", 5_000);
        settings.put("linger.ms", 1);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void run() {
        while (!ending) {
            try (KafkaProducer<byte[], byte[]> producer = producer()) {
                producer.initTransactions();
                while (!ending) {
                    transfer(producer);
                }
            } catch (KafkaException e) {
                // The transfer under way stays unknown; the next life of this writer begins with its end.
                continue;
            }
        }
    }

    private void transfer(KafkaProducer<byte[], byte[]> producer) {
        String transfer = name + "/" + transfers++;
        boolean abort = random.nextInt(5) == 0;
        int amount = 1 + random.nextInt(100);
        int from = random.nextInt(partitions);
        int to = (from + 1 + random.nextInt(partitions - 1)) % partitions;
        outcomes.put(transfer, Outcome.UNKNOWN);
        producer.beginTransaction();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        sent.add(producer.send(leg(from, transfer, -amount)));
        sent.add(producer.send(leg(to, transfer, amount)));
        if (abort) {
            producer.flush();
            producer.abortTransaction();
            outcomes.put(transfer, Outcome.ABORTED);
        } else {
            producer.commitTransaction();
            outcomes.put(transfer, Outcome.COMMITTED);
            commits.incrementAndGet();
        }
    }

    private ProducerRecord<byte[], byte[]> leg(int partition, String transfer, int amount) {
        byte[] value = (transfer + ":" + amount).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(topic, partition, null, value);
    }

    /** Ends after the transfer under way. */
    @Override
    public void close() {
        ending = true;
        Awaitility.await(name + " to end").atMost(Cluster.LIMIT).until(() -> !thread.isAlive());
    }
}
