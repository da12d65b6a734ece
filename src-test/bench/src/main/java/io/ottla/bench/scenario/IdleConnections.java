package io.ottla.bench.scenario;

import io.ottla.bench.load.Figures;
import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.os.ProcFs;
import io.ottla.bench.result.Metric;

/** What a connection costs that says nothing. */
public final class IdleConnections implements Scenario {
    private static final double MB = 1e6;
    private static final double KB = 1e3;

    @Override
    public String name() {
        return "idle-connections";
    }

    @Override
    public String idea() {
        return "Many connections ask for ApiVersions once and then stay silent; all are closed, and as many others come. The"
                + " memory per connection is by how much those others raise what is resident: what a broker touches once in its"
                + " life is not counted.";
    }

    @Override
    public Weight weight() {
        return Weight.HEAVY;
    }

    @Override
    public void run(Trial trial) {
        trial.startBroker();
        int connections = trial.scale().sizes().idleConnections();
        LoadSpec many = new LoadSpec.IdleConnections(
                trial.broker().files().port(), connections, trial.scale().timing());
        trial.run(many);
        long before = ProcFs.memory(trial.broker().pid()).residentBytes();
        Cell cell = trial.measure(String.format("%,d connections", connections), many);
        double after = cell.loadValue(Figures.RESIDENT_BYTES);
        cell.note(Metric.MEMORY, after / MB);
        cell.note(Metric.lower("memory per connection", "KB"), Math.max(0, after - before) / connections / KB);
        cell.note(Metric.OPEN_FILES, cell.loadValue(Figures.OPEN_FILES));
        cell.brokerCpu();
    }
}
