package io.ottla.bench.load;

import io.ottla.bench.load.LoadSpec.Timing;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.os.UsageMeter.Processes;
import io.ottla.bench.stats.Latencies;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;

/**
 * An open loop: each record has a time at which it is meant to be sent, and its latency counts from then, whether or not
 * the producer was able to send it in time. Records carry that time in their first eight bytes to the consumer, which is in
 * this very process, so that both ends read one clock. The load ends when every record has arrived, and fails if some do
 * not: those that are late are the ones that matter.
 *
 * <p>In transactions, a commit keeps the producer from sending; what should have been sent meanwhile pays for it.
 *
 * <p>The result's records are those acknowledged; its bytes are those that the background consumer has read.
 */
final class FixedRateLoad implements Load {
    static final String ACKNOWLEDGED = "acknowledged";
    static final String END_TO_END = "end-to-end";

    private static final long NS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LEAD_MS = 200;
    private static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(60);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int LOOK_MS = 20;

    /** Not known as long as the producer runs. */
    private static final long UNKNOWN = -1;

    private final LoadSpec.FixedRate spec;
    private final Payloads payloads;
    private final Counters counters = new Counters();
    private final Counters background = new Counters();
    private final Latencies acknowledged = new Latencies();
    private final Latencies endToEnd = new Latencies();
    private final CountDownLatch clientsReady;
    private final CountDownLatch scheduled = new CountDownLatch(1);
    private final AtomicLong sentTotal = new AtomicLong(UNKNOWN);
    private volatile Schedule schedule = new Schedule(0, 0, 0);

    /** When the load begins, and which intended times are measured (the last one exclusive). */
    private record Schedule(long startNs, long measureFromNs, long measureUntilNs) {
        static Schedule from(long startNs, Timing timing) {
            long fromNs = startNs + TimeUnit.MILLISECONDS.toNanos(timing.warmupMs());
            return new Schedule(startNs, fromNs, fromNs + TimeUnit.MILLISECONDS.toNanos(timing.measureMs()));
        }

        boolean measures(long intendedNs) {
            return intendedNs >= measureFromNs && intendedNs < measureUntilNs;
        }
    }

    FixedRateLoad(LoadSpec.FixedRate spec) {
        this.spec = spec;
        this.payloads = new Payloads(spec.payload().recordBytes());
        this.clientsReady = new CountDownLatch(spec.background() == null ? 2 : 3);
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        LoadResult measured;
        long backgroundBytes;
        try (Workers workers = new Workers()) {
            workers.start("consumer", () -> consume(workers));
            Topic other = spec.background();
            if (other != null) {
                workers.start("background", () -> read(workers, other));
            }
            workers.start("producer", () -> produce(workers));
            while (!clientsReady.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                workers.sleep(0);
            }
            schedule = Schedule.from(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEAD_MS), spec.timing());
            scheduled.countDown();
            workers.sleep(LEAD_MS);
            long before = background.now().bytes();
            measured = workers.measureFromNow(spec.timing(), processes, counters);
            backgroundBytes = background.now().bytes() - before;
        }
        return new LoadResult(
                0,
                measured.records(),
                backgroundBytes,
                measured.usage(),
                Map.of(),
                Map.of(ACKNOWLEDGED, acknowledged.encode(), END_TO_END, endToEnd.encode()));
    }

    private void produce(Workers workers) throws InterruptedException {
        long number = 0;
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(spec.bootstrap(), settings())) {
            producer.partitionsFor(spec.topic().name());
            Commits commits = Commits.by(producer, spec.rate());
            clientsReady.countDown();
            while (workers.running() && !scheduled.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                // The consumers are not there yet.
            }
            commits.begin();
            for (; workers.running(); number++) {
                long intendedNs =
                        schedule.startNs + number * NS_PER_SECOND / spec.rate().recordsPerSecond();
                parkUntil(intendedNs);
                commits.beforeRecord();
                send(workers, producer, number, intendedNs);
            }
            commits.end();
        } finally {
            sentTotal.set(number);
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, spec.payload().codec());
        if (spec.rate().inTransactions()) {
            settings.put(
                    ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                    "bench-" + spec.topic().name());
        }
        return settings;
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
        IsolationLevel isolation =
                spec.rate().inTransactions() ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED;
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(spec.bootstrap(), isolation)) {
            var partitions = Clients.partitions(spec.topic());
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            clientsReady.countDown();
            long received = 0;
            long deadlineNs = Long.MAX_VALUE;
            while (received != sentTotal.get()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    record(endToEnd, ByteBuffer.wrap(record.value()).getLong());
                    received++;
                }
                if (!workers.running() && deadlineNs == Long.MAX_VALUE) {
                    deadlineNs = System.nanoTime() + DRAIN_NS;
                }
                if (System.nanoTime() > deadlineNs || (!workers.running() && workers.hasFailed())) {
                    throw new IllegalStateException("of " + sentTotal.get() + " records " + received + " have arrived");
                }
            }
        }
    }

    private void read(Workers workers, Topic topic) {
        try (RereadingConsumer consumer = new RereadingConsumer(spec.bootstrap(), topic)) {
            consumer.poll(background);
            clientsReady.countDown();
            while (workers.running()) {
                consumer.poll(background);
            }
        }
    }

    private void record(Latencies latencies, long intendedNs) {
        if (schedule.measures(intendedNs)) {
            latencies.record(System.nanoTime() - intendedNs);
        }
    }

    /** Returns at this time of {@link System#nanoTime}, or at once if it is over. */
    static void parkUntil(long timeNs) {
        for (long restNs = timeNs - System.nanoTime(); restNs > 0; restNs = timeNs - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(restNs, LONGEST_PARK_NS));
        }
    }
}
