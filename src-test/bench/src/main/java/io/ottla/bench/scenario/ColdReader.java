package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.Rate;
import io.ottla.bench.load.LoadSpec.Timing;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.os.MemoryCgroup;
import io.ottla.bench.os.PageCache;
import io.ottla.bench.result.Metric;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether one who reads old records slows down those who write new ones. */
public final class ColdReader implements Scenario {
    private static final int RATE = 5_000;
    private static final int COLD_PARTITIONS = 4;
    private static final Payload PAYLOAD = new Payload(1000, "none");
    private static final long WARMUP_MIN_MS = 4_000;
    private static final long MEASURE_MIN_MS = 8_000;
    private static final double MB = 1e6;
    private static final double GB = 1e9;

    @Override
    public String name() {
        return "cold-reader";
    }

    @Override
    public String idea() {
        return String.format(
                "%,d records/s of 1,000 bytes are produced, first alone, then while a consumer reads over and over what does"
                        + " not fit into the memory of the broker's control group.",
                RATE);
    }

    @Override
    public Weight weight() {
        return Weight.HEAVY;
    }

    @Override
    public void run(Trial trial) {
        Optional<MemoryCgroup> created =
                MemoryCgroup.create("ottla-bench", trial.scale().sizes().cgroupBytes());
        if (created.isEmpty()) {
            trial.skip("control groups cannot be made here: needs root");
            return;
        }
        MemoryCgroup cgroup = created.get();
        trial.onClose(cgroup::close);
        trial.prepareBroker(Map.of(), cgroup.launcher()).start();
        Topic hot = Topics.create(trial, "hot", 1, Map.of());
        Topic cold = Topics.create(trial, "cold", COLD_PARTITIONS, Map.of());
        trial.run(new LoadSpec.Fill(
                trial.broker().bootstrap(), cold, PAYLOAD, trial.scale().sizes().coldBytes()));
        Timing cell = timing(trial.scale().timing());
        PageCache.drop(trial.broker().files().dataDir());
        trial.run(spec(trial, hot, null, trial.scale().times().brokerWarmup()));
        trial.measure("producer alone", spec(trial, hot, null, cell)).latencies();
        String limit = String.format(
                "%.1f GB read in %.1f GB",
                trial.scale().sizes().coldBytes() / GB, trial.scale().sizes().cgroupBytes() / GB);
        Cell together = trial.measure("producer beside a cold reader, " + limit, spec(trial, hot, cold, cell));
        together.latencies().process();
        together.note(
                Metric.higher("cold reads", "MB/s"),
                together.result().bytes() / MB / together.result().usage().seconds());
    }

    /** However quick the run: memory is full only after some seconds of reading. */
    private static Timing timing(Timing usual) {
        return new Timing(Math.max(usual.warmupMs(), WARMUP_MIN_MS), Math.max(usual.measureMs(), MEASURE_MIN_MS));
    }

    private static LoadSpec spec(Trial trial, Topic hot, @Nullable Topic cold, Timing timing) {
        return new LoadSpec.FixedRate(trial.broker().bootstrap(), hot, PAYLOAD, Rate.plain(RATE), timing, cold);
    }
}
