package io.ottla.bench.load;

import io.ottla.bench.os.UsageMeter.Processes;
import io.ottla.bench.stats.Latencies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Producers that write transaction after transaction; what is committed counts, and how long each commit takes. */
final class TransactionLoad implements Load {
    static final String COMMIT = "commit";

    private static final int LOOK_MS = 20;

    private final LoadSpec.Transactions spec;
    private final Payloads payloads;
    private final Counters counters = new Counters();
    private final CountDownLatch ready;
    private volatile long measureFromNs = Long.MAX_VALUE;

    TransactionLoad(LoadSpec.Transactions spec) {
        this.spec = spec;
        this.payloads = new Payloads(spec.payload().recordBytes());
        this.ready = new CountDownLatch(spec.producers());
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        List<Latencies> commits = new ArrayList<>();
        LoadResult measured;
        try (Workers workers = new Workers()) {
            for (int i = 0; i < spec.producers(); i++) {
                String id = "bench-" + spec.topic().name() + "-" + i;
                Latencies own = new Latencies();
                commits.add(own);
                workers.start(id, () -> produce(workers, id, own));
            }
            while (!ready.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                workers.sleep(0);
            }
            measureFromNs = System.nanoTime()
                    + TimeUnit.MILLISECONDS.toNanos(spec.timing().warmupMs());
            measured = workers.measureFromNow(spec.timing(), processes, counters);
        }
        Latencies all = new Latencies();
        commits.forEach(all::add);
        return new LoadResult(
                measured.requests(),
                measured.records(),
                measured.bytes(),
                measured.usage(),
                Map.of(),
                Map.of(COMMIT, all.encode()));
    }

    private void produce(Workers workers, String transactionalId, Latencies commits) {
        Map<String, Object> settings = Map.of(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                transactionalId,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                spec.payload().codec());
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(spec.bootstrap(), settings)) {
            producer.initTransactions();
            ready.countDown();
            for (long number = 0; workers.running(); number += spec.shape().records()) {
                long commitNs = begin(workers, producer, number);
                FixedRateLoad.parkUntil(commitNs);
                commit(workers, producer, commits);
            }
        }
    }

    /** Begins a transaction and hands over all of its records; returns when it is to be committed. */
    private long begin(Workers workers, KafkaProducer<byte[], byte[]> producer, long number) {
        long commitNs =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(spec.shape().commitAfterMs());
        producer.beginTransaction();
        for (int i = 0; i < spec.shape().records(); i++) {
            int partition = i % spec.topic().partitions();
            var unused = producer.send(
                    new ProducerRecord<>(spec.topic().name(), partition, null, payloads.get(number + i)),
                    (metadata, failure) -> {
                        if (failure != null) {
                            workers.fail(failure);
                        }
                    });
        }
        return commitNs;
    }

    private void commit(Workers workers, KafkaProducer<byte[], byte[]> producer, Latencies commits) {
        long startNs = System.nanoTime();
        producer.commitTransaction();
        if (startNs >= measureFromNs && workers.running()) {
            commits.record(System.nanoTime() - startNs);
        }
        counters.requests.increment();
        counters.addRecords(spec.shape().records(), (long) spec.shape().records() * payloads.recordBytes());
    }
}
