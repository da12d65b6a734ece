package io.ottla.bench.scenario;

import io.ottla.bench.broker.BrokerUnderTest;
import io.ottla.bench.load.LoadResult;
import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.os.ProcFs;
import io.ottla.bench.result.Metric;
import java.time.Duration;
import java.util.List;

/** What a partition costs that does little: to create, to keep, to start with. */
public final class ManyPartitions implements Scenario {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final long BYTES_EACH = 64 << 10;
    private static final double MB = 1e6;

    /** What a broker keeps of a partition, not what it needs in the moment of a write. */
    private static final long SETTLE_MS = 3_000;

    @Override
    public String name() {
        return "partitions";
    }

    @Override
    public String idea() {
        return "One topic of many partitions: created with one request, until every partition has a leader that knows its end;"
                + " then 64 KB are written into each; memory and open files are read three seconds later. A restart counts from the start of the process to the same point,"
                + " once after a clean stop and once after kill -9.";
    }

    @Override
    public Weight weight() {
        return Weight.HEAVY;
    }

    @Override
    public void run(Trial trial) {
        BrokerUnderTest broker = trial.startBroker();
        int before = 0;
        for (int partitions : trial.scale().sizes().partitionCounts()) {
            // Each number is reached from the one before, so that one broker serves all of them.
            measure(trial, broker, new Step(partitions, partitions - before));
            before = partitions;
        }
    }

    /** From the partitions so far to {@code total} by a topic of {@code more}. */
    private record Step(int total, int more) {}

    private static void measure(Trial trial, BrokerUnderTest broker, Step step) {
        String cell = String.format("%,d partitions", step.total);
        String prefix = "many-" + step.total + "-";
        LoadResult created = trial.run(
                new LoadSpec.CreateTopics(broker.bootstrap(), broker.files().port(), prefix, 1, step.more));
        trial.record(cell + ", create", Metric.TIME, created.usage().seconds(), created.usage());
        trial.record(cell + ", create", Metric.CPU_TIME, created.usage().brokerCpuSeconds(), created.usage());
        Topic topic = new Topic(prefix + "0", step.more);
        trial.run(new LoadSpec.Fill(broker.bootstrap(), topic, new Payload(1000, "none"), BYTES_EACH * step.more));
        trial.settle(SETTLE_MS);
        trial.record(cell, Metric.MEMORY, ProcFs.memory(broker.pid()).residentBytes() / MB, 0);
        trial.record(cell, Metric.OPEN_FILES, (double) ProcFs.openFiles(broker.pid()), 0);
        trial.record(cell + ", stop", Metric.TIME, broker.stop(), 0);
        restart(trial, broker, topic, cell + ", clean restart");
        broker.kill();
        restart(trial, broker, topic, cell + ", restart after kill -9");
    }

    private static void restart(Trial trial, BrokerUnderTest broker, Topic topic, String cell) {
        long startNs = System.nanoTime();
        double answer = broker.start();
        Topics.await(trial, List.of(topic), LIMIT);
        trial.record(cell, Metric.lower("time to first answer", "s"), answer, 0);
        trial.record(cell, Metric.lower("time until all serve", "s"), (System.nanoTime() - startNs) / 1e9, 0);
        trial.record(cell, Metric.CPU_TIME, ProcFs.times(broker.pid()).cpuSeconds(), 0);
        trial.record(cell, Metric.MEMORY, ProcFs.memory(broker.pid()).residentBytes() / MB, 0);
    }
}
