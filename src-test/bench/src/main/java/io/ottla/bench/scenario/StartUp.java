package io.ottla.bench.scenario;

import io.ottla.bench.broker.BrokerUnderTest;
import io.ottla.bench.os.ProcFs;
import io.ottla.bench.os.Usage;
import io.ottla.bench.os.UsageMeter;
import io.ottla.bench.os.UsageMeter.Processes;
import io.ottla.bench.result.Metric;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How soon a broker is there, and what it takes when it does nothing. */
public final class StartUp implements Scenario {
    private static final int SETTLE_SECONDS = 4;
    private static final int IDLE_SECONDS = 2;
    private static final double MB = 1e6;
    private static final double PERCENT = 100;

    @Override
    public String name() {
        return "start-up";
    }

    @Override
    public String idea() {
        return "From the start of the process until a Metadata answer names a broker; a ZooKeeper beside the broker runs"
                + " already. Idle: resident memory and processor time " + SETTLE_SECONDS + " s later, without clients.";
    }

    @Override
    public void run(Trial trial) {
        BrokerUnderTest broker = trial.prepareBroker(Map.of(), List.of());
        start(trial, broker, "empty directory");
        trial.record("stop", Metric.TIME, broker.stop(), 0);
        start(trial, broker, "again");
        idle(trial, broker);
    }

    private static void start(Trial trial, BrokerUnderTest broker, String cell) {
        UsageMeter meter = UsageMeter.start(new Processes(
                Processes.NONE,
                Processes.NONE,
                Processes.NONE,
                ProcessHandle.current().pid()));
        double seconds = broker.start();
        double cpuSeconds = ProcFs.times(broker.pid()).cpuSeconds();
        Usage usage = meter.stop();
        // The meter knows nothing of the broker, which was not there at its start.
        double cores = Runtime.getRuntime().availableProcessors();
        double noise = Math.max(0, usage.noiseShare() - cpuSeconds / usage.seconds() / cores);
        trial.record(cell, Metric.TIME, seconds, noise);
        trial.record(cell, Metric.CPU_TIME, cpuSeconds, noise);
    }

    private static void idle(Trial trial, BrokerUnderTest broker) {
        pause(SETTLE_SECONDS);
        UsageMeter meter = UsageMeter.start(new Processes(
                broker.pid(),
                broker.zooKeeperPid(),
                Processes.NONE,
                ProcessHandle.current().pid()));
        pause(IDLE_SECONDS);
        Usage usage = meter.stop();
        trial.record("idle", Metric.MEMORY, ProcFs.memory(broker.pid()).residentBytes() / MB, 0);
        trial.record("idle", Metric.BROKER_CPU, usage.brokerCpuSeconds() / usage.seconds() * PERCENT, usage);
        trial.record("idle", Metric.OPEN_FILES, (double) ProcFs.openFiles(broker.pid()), 0);
        if (broker.zooKeeperPid() != Processes.NONE) {
            Metric beside = Metric.lower("memory of its own ZooKeeper", "MB");
            trial.record("idle", beside, ProcFs.memory(broker.zooKeeperPid()).residentBytes() / MB, 0);
        }
    }

    private static void pause(int seconds) {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a broker idles", e);
        }
    }
}
