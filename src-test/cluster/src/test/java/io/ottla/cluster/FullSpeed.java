package io.ottla.cluster;

import io.ottla.process.BrokerProcess;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One producer at its defaults (acks=all, idempotent, batches of 16 KB) that sends as fast as the brokers take it, and what
 * that cost them.
 *
 * @param megabytesPerSecond acknowledged
 * @param cpuSecondsPerGb of all brokers together
 */
record FullSpeed(double megabytesPerSecond, double cpuSecondsPerGb) {

    /** Sends for so long, waits until everything is acknowledged, and measures from first to last. */
    static FullSpeed run(Cluster cluster, String topic, int recordBytes, int seconds) {
        Map<String, Object> settings = Map.of("bootstrap.servers", cluster.bootstrap());
        byte[] value = new byte[recordBytes];
        AtomicLong acknowledged = new AtomicLong();
        Duration before;
        long startNs;
        long sent = 0;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(topic);
            before = cpuTime(cluster);
            startNs = System.nanoTime();
            long endNs = startNs + Duration.ofSeconds(seconds).toNanos();
            while (System.nanoTime() < endNs) {
                producer.send(new ProducerRecord<>(topic, value), (metadata, error) -> {
                    if (error == null) {
                        acknowledged.incrementAndGet();
                    }
                });
                sent++;
            }
        }
        double tookSeconds = (System.nanoTime() - startNs) / 1e9;
        double cpuSeconds = cpuTime(cluster).minus(before).toMillis() / 1e3;
        if (acknowledged.get() != sent) {
            throw new IllegalStateException(acknowledged + " of " + sent + " records were acknowledged");
        }
        double gigabytes = sent * (double) recordBytes / 1e9;
        return new FullSpeed(1000 * gigabytes / tookSeconds, cpuSeconds / gigabytes);
    }

    private static Duration cpuTime(Cluster cluster) {
        return cluster.brokers().stream().map(BrokerProcess::cpuTime).reduce(Duration.ZERO, Duration::plus);
    }
}
