package io.ottla.bench.scenario;

import io.ottla.bench.broker.BrokerUnderTest;
import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.result.Metric;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How soon a broker with much data is back after it was killed. */
public final class CrashRecovery implements Scenario {
    private static final int PARTITIONS = 100;
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final double GB = 1e9;

    @Override
    public String name() {
        return "crash-recovery";
    }

    @Override
    public String idea() {
        return "Records of 1,000 bytes in " + PARTITIONS
                + " partitions, then kill -9 with all of it in the page cache, then"
                + " the time from the start of the process until every partition serves, and the processor time until then. A"
                + " broker that gives up is started again, and both times go on: Apache Kafka 3.9 reads all logs before it finds"
                + " that the session of the killed one is not over, and marks them as sound when it ends.";
    }

    @Override
    public Weight weight() {
        return Weight.HEAVY;
    }

    @Override
    public void run(Trial trial) {
        BrokerUnderTest broker = trial.startBroker();
        Topic topic = Topics.create(trial, "recovered", PARTITIONS, Map.of());
        long bytes = trial.scale().sizes().recoveryBytes();
        trial.run(new LoadSpec.Fill(broker.bootstrap(), topic, new Payload(1000, "none"), bytes));
        broker.kill();
        String cell = String.format("%.1f GB after kill -9", bytes / GB);
        long startNs = System.nanoTime();
        trial.record(cell, Metric.lower("time to first answer", "s"), broker.start(), 0);
        Topics.await(trial, List.of(topic), LIMIT);
        trial.record(cell, Metric.lower("time until all serve", "s"), (System.nanoTime() - startNs) / 1e9, 0);
        trial.record(cell, Metric.CPU_TIME, broker.cpuSecondsSinceStart(), 0);
    }
}
