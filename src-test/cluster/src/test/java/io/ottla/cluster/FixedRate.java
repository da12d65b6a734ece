package io.ottla.cluster;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A producer with acks=all and no linger that sends at a fixed rate, and how long after the moment at which each record was
 * due it was acknowledged: whoever is late delays no clock.
 */
final class FixedRate {
    private final long[] latenciesNs;
    private final AtomicInteger acknowledged = new AtomicInteger();

    private FixedRate(int records) {
        latenciesNs = new long[records];
    }

    /** Sends for so long, and returns when everything is acknowledged; what the first seconds brought is left out. */
    static FixedRate run(
            String bootstrap, String topic, int partitions, int recordsPerSecond, int warmUpSeconds, int seconds) {
        FixedRate run = new FixedRate(recordsPerSecond * seconds);
        int warmUp = recordsPerSecond * warmUpSeconds;
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "linger.ms", "0");
        byte[] value = new byte[1024];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(topic);
            long startNs = System.nanoTime();
            for (int i = 0; i < warmUp + run.latenciesNs.length; i++) {
                long dueNs = startNs + i * 1_000_000_000L / recordsPerSecond;
                for (long nowNs = System.nanoTime(); nowNs < dueNs; nowNs = System.nanoTime()) {
                    LockSupport.parkNanos(dueNs - nowNs);
                }
                boolean counts = i >= warmUp;
                producer.send(new ProducerRecord<>(topic, i % partitions, null, value), (metadata, error) -> {
                    if (error == null && counts) {
                        run.latenciesNs[run.acknowledged.getAndIncrement()] = System.nanoTime() - dueNs;
                    }
                });
            }
        }
        if (run.acknowledged.get() != run.latenciesNs.length) {
            throw new IllegalStateException(
                    run.acknowledged + " of " + run.latenciesNs.length + " records were acknowledged");
        }
        Arrays.sort(run.latenciesNs);
        return run;
    }

    /** The latency in milliseconds that so many percent of the records stay below. */
    double percentileMs(double percent) {
        int index = (int) Math.ceil(percent / 100 * latenciesNs.length) - 1;
        return latenciesNs[Math.max(0, index)] / 1e6;
    }
}
