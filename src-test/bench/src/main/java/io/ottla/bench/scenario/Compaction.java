package io.ottla.bench.scenario;

import io.ottla.bench.load.Figures;
import io.ottla.bench.load.LoadResult;
import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Filled;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.os.ProcFs;
import io.ottla.bench.result.Metric;
import java.util.List;
import java.util.Map;

/** How fast a broker's cleaner is, and what it takes. */
public final class Compaction implements Scenario {
    /** Of ten records of a key nine are superseded. */
    private static final int RECORDS_PER_KEY = 10;

    private static final int RECORD_BYTES = 1000;
    private static final double MB = 1e6;

    /** The cleaner's properties, the same for all: one thread, Apache Kafka's default buffers, no limit. */
    private static final Map<String, String> CLEANER = Map.of(
            "log.cleaner.enable", "true",
            "log.cleaner.threads", "1",
            "log.cleaner.dedupe.buffer.size", Integer.toString(128 << 20),
            "log.cleaner.io.buffer.size", Integer.toString(512 << 10),
            "log.cleaner.io.buffer.load.factor", "0.9",
            "log.cleaner.backoff.ms", "100",
            "log.retention.check.interval.ms", "3600000");

    private static final Map<String, String> TOPIC = Map.of(
            "cleanup.policy", "delete",
            "retention.ms", "-1",
            "segment.bytes", Integer.toString(16 << 20),
            "min.cleanable.dirty.ratio", "0.01");

    @Override
    public String name() {
        return "compaction";
    }

    @Override
    public String idea() {
        return "A topic of one partition in segments of 16 MB is filled with records of 1,000 bytes, each key ten times, and then"
                + " made a compacted one. Measured from that change until the broker's cleaner-offset-checkpoint says that all"
                + " but the active segment is clean: one cleaner thread, 128 MB for keys, no limit, looking for work every"
                + " 100 ms. A GB is 10^9 bytes of values before compression, as they were before the cleaning.";
    }

    @Override
    public Weight weight() {
        return Weight.HEAVY;
    }

    @Override
    public void run(Trial trial) {
        trial.prepareBroker(CLEANER, List.of()).start();
        long bytes = trial.scale().sizes().consumeBytes();
        clean(trial, "warm-up", new Payload(RECORD_BYTES, "none"), bytes / 2);
        measure(trial, "none", bytes);
        measure(trial, "lz4", bytes);
    }

    private static void measure(Trial trial, String codec, long bytes) {
        LoadResult cleaned = clean(trial, "compacted-" + codec, new Payload(RECORD_BYTES, codec), bytes);
        // Not repeated when loud: there is nothing left to clean.
        Cell cell = new Cell(trial, codec, cleaned);
        cell.throughput()
                .cpuPerGb()
                .process()
                .note(Metric.lower("left on disk", "MB"), cell.loadValue(Figures.LEFT_BYTES) / MB);
    }

    private static LoadResult clean(Trial trial, String name, Payload payload, long bytes) {
        String bootstrap = trial.broker().bootstrap();
        Topic topic = Topics.create(trial, name, 1, TOPIC);
        int keys = (int) (bytes / RECORD_BYTES / RECORDS_PER_KEY);
        LoadResult filled = trial.run(new LoadSpec.FillKeyed(bootstrap, topic, payload, bytes, keys));
        trial.fillMemory();
        ProcFs.resetPeakMemory(trial.broker().pid());
        LoadResult cleaned = trial.run(new LoadSpec.Compact(
                bootstrap,
                topic,
                trial.broker().files().dataDir().toString(),
                new Filled(filled.records(), filled.bytes())));
        Topics.delete(trial, topic);
        return cleaned;
    }
}
