package io.ottla.bench.load;

import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.os.UsageMeter.Processes;
import io.ottla.bench.stats.Latencies;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * An open loop: each record has a time at which it is meant to be sent, and its latency counts from then, whether or not
 * the producer was able to send it in time. Records carry that time in their first eight bytes to the consumer, which is in
 * this very process, so that both ends read one clock.
 *
 * <p>The result's records are those acknowledged; its bytes are those that the background consumer has read.
 */
final class FixedRateLoad implements Load {
    static final String ACKNOWLEDGED = "acknowledged";
    static final String END_TO_END = "end-to-end";

    private static final long NS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Duration POLL = Duration.ofMillis(100);

    private final LoadSpec.FixedRate spec;
    private final Payloads payloads;
    private final Counters counters = new Counters();
    private final Counters background = new Counters();
    private final Latencies acknowledged = new Latencies();
    private final Latencies endToEnd = new Latencies();
    private final long startNs;
    private final long measureFromNs;
    private final long measureUntilNs;

    FixedRateLoad(LoadSpec.FixedRate spec) {
        this.spec = spec;
        this.payloads = new Payloads(spec.payload().recordBytes());
        startNs = System.nanoTime() + NS_PER_SECOND;
        measureFromNs = startNs + TimeUnit.MILLISECONDS.toNanos(spec.timing().warmupMs());
        measureUntilNs =
                measureFromNs + TimeUnit.MILLISECONDS.toNanos(spec.timing().measureMs());
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        LoadResult measured;
        try (Workers workers = new Workers()) {
            workers.start("consumer", () -> consume(workers));
            Topic other = spec.background();
            if (other != null) {
                workers.start("background", () -> read(workers, other));
            }
            workers.start("producer", () -> produce(workers));
            workers.sleep(TimeUnit.NANOSECONDS.toMillis(startNs - System.nanoTime()));
            Counters.Counts before = background.now();
            measured = workers.measure(spec.timing(), processes, counters);
            before = background.now().since(before);
            measured = new LoadResult(0, measured.records(), before.bytes(), measured.usage(), Map.of(), Map.of());
        }
        return new LoadResult(
                0,
                measured.records(),
                measured.bytes(),
                measured.usage(),
                Map.of(),
                Map.of(ACKNOWLEDGED, acknowledged.encode(), END_TO_END, endToEnd.encode()));
    }

    private void produce(Workers workers) {
        Map<String, Object> settings = Map.of(
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                spec.payload().codec());
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(spec.bootstrap(), settings)) {
            producer.partitionsFor(spec.topic().name());
            for (long number = 0; workers.running(); number++) {
                long intendedNs = startNs + number * NS_PER_SECOND / spec.recordsPerSecond();
                parkUntil(intendedNs);
                send(workers, producer, number, intendedNs);
            }
        }
    }

    private void send(Workers workers, KafkaProducer<byte[], byte[]> producer, long number, long intendedNs) {
        byte[] value = payloads.get(number).clone();
        ByteBuffer.wrap(value).putLong(intendedNs);
        var unused = producer.send(new ProducerRecord<>(spec.topic().name(), value), (metadata, failure) -> {
            if (failure != null) {
                workers.fail(failure);
                return;
            }
            counters.addRecords(1, value.length);
            record(acknowledged, intendedNs);
        });
    }

    private void consume(Workers workers) {
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(spec.bootstrap())) {
            var partitions = Clients.partitions(spec.topic());
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            while (workers.running()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    record(endToEnd, ByteBuffer.wrap(record.value()).getLong());
                }
            }
        }
    }

    private void read(Workers workers, Topic topic) {
        try (RereadingConsumer consumer = new RereadingConsumer(spec.bootstrap(), topic)) {
            while (workers.running()) {
                consumer.poll(background);
            }
        }
    }

    private void record(Latencies latencies, long intendedNs) {
        if (intendedNs >= measureFromNs && intendedNs < measureUntilNs) {
            latencies.record(System.nanoTime() - intendedNs);
        }
    }

    private static void parkUntil(long timeNs) {
        for (long restNs = timeNs - System.nanoTime(); restNs > 0; restNs = timeNs - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(restNs, LONGEST_PARK_NS));
        }
    }
}
