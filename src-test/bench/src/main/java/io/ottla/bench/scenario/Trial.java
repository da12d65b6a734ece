package io.ottla.bench.scenario;

import io.ottla.bench.broker.BrokerRecipe;
import io.ottla.bench.broker.BrokerUnderTest;
import io.ottla.bench.load.LoadClient;
import io.ottla.bench.load.LoadResult;
import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.os.ProcFs;
import io.ottla.bench.os.Usage;
import io.ottla.bench.result.Curve;
import io.ottla.bench.result.Figure;
import io.ottla.bench.result.Incident;
import io.ottla.bench.result.Metric;
import io.ottla.bench.result.RunResult;
import io.ottla.process.FullMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One turn of one broker in one scenario: its broker, its clients, and where its figures go. Confined to the thread of the
 * run.
 */
public final class Trial implements AutoCloseable {
    private final Place place;
    private final Scale scale;
    private final Noise noise;
    private final FullMemory memory;
    private final RunResult result;
    private @Nullable BrokerUnderTest broker;
    private @Nullable LoadClient client;
    private Runnable afterwards = () -> {};

    /** Which scenario, broker and round it is; {@code home} is an empty directory. */
    public record Place(String scenario, BrokerRecipe recipe, int round, Path home) {}

    /**
     * When a measurement is loud.
     *
     * @param limitShare of the machine that others may take
     * @param repeats how often a loud measurement is repeated
     */
    public record Noise(double limitShare, int repeats) {}

    public Trial(Place place, Scale scale, Noise noise, FullMemory memory, RunResult result) {
        this.place = place;
        this.scale = scale;
        this.noise = noise;
        this.memory = memory;
        this.result = result;
    }

    public Scale scale() {
        return scale;
    }

    /** A broker with these properties, not started yet; at most one per trial. */
    public BrokerUnderTest prepareBroker(Map<String, String> overrides, List<String> launcher) {
        if (broker != null) {
            throw new IllegalStateException("a trial has one broker");
        }
        BrokerUnderTest prepared = new BrokerUnderTest(place.recipe(), place.home(), overrides, launcher);
        broker = prepared;
        return prepared;
    }

    /** A broker at its defaults, started. */
    public BrokerUnderTest startBroker() {
        BrokerUnderTest started = prepareBroker(Map.of(), List.of());
        started.start();
        return started;
    }

    public BrokerUnderTest broker() {
        if (broker == null) {
            throw new IllegalStateException("the trial has no broker yet");
        }
        return broker;
    }

    /** Lets the clients do something that is not to be measured, or whose noise does not matter. */
    public LoadResult run(LoadSpec spec) {
        if (client == null) {
            client = LoadClient.start(place.home().resolve("client.out"));
        }
        return client.run(spec, broker().pid(), broker().zooKeeperPid());
    }

    /** Measures: a loud measurement is repeated, and the quietest one counts. */
    public Cell measure(String cell, LoadSpec spec) {
        LoadResult quietest = null;
        for (int attempt = 0; attempt <= noise.repeats(); attempt++) {
            ProcFs.resetPeakMemory(broker().pid());
            LoadResult measured = run(spec);
            if (quietest == null
                    || measured.usage().noiseShare() < quietest.usage().noiseShare()) {
                quietest = measured;
            }
            if (!isLoud(measured.usage().noiseShare())) {
                break;
            }
        }
        if (quietest == null) {
            throw new IllegalArgumentException("no attempts");
        }
        return new Cell(this, cell, quietest);
    }

    /** Leaves no free memory to a broker that is going to write many pages; each trial begins in that state. */
    void fillMemory() {
        memory.fill();
    }

    /** Lets the broker come to rest. */
    void settle(long durationMs) {
        try {
            TimeUnit.MILLISECONDS.sleep(durationMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker settles", e);
        }
    }

    /** Notes one value. */
    public void record(String cell, Metric metric, double value, double noiseShare) {
        result.figures()
                .add(new Figure(
                        place.scenario(),
                        cell,
                        metric,
                        place.recipe().name(),
                        place.round(),
                        value,
                        noiseShare,
                        isLoud(noiseShare)));
    }

    /** Notes one value that was measured over this interval. */
    public void record(String cell, Metric metric, double value, Usage usage) {
        record(cell, metric, value, usage.noiseShare());
    }

    /** Notes a distribution, encoded. */
    public void recordCurve(String cell, String what, String histogram) {
        result.curves()
                .add(new Curve(place.scenario(), cell, what, place.recipe().name(), place.round(), histogram));
    }

    /** Notes that something cannot be measured here, and why. */
    public void skip(String reason) {
        result.incidents()
                .add(new Incident(place.scenario(), place.recipe().name(), place.round(), "skipped: " + reason));
    }

    /** Does this once the clients and the broker have ended. */
    void onClose(Runnable action) {
        afterwards = action;
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
        if (broker != null) {
            broker.close();
        }
        afterwards.run();
    }

    private boolean isLoud(double noiseShare) {
        return noiseShare > noise.limitShare();
    }
}
