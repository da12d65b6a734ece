package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.Rate;
import io.ottla.bench.load.LoadSpec.Timing;
import io.ottla.bench.load.LoadSpec.Topic;
import java.util.List;
import java.util.Map;

/** How long records are under way when a broker has time to spare, and when it has less of it. */
public final class LatencyAtRate implements Scenario {
    private static final List<Integer> RATES = List.of(1_000, 10_000, 50_000);
    private static final int WARM_UP_RATE = 20_000;
    private static final Payload PAYLOAD = new Payload(1000, "none");

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String idea() {
        return "Records of 1,000 bytes at a fixed rate from one producer (linger 0, acks=all) through one partition to one"
                + " consumer. Latency counts from the time at which a record was meant to be sent, so that a stall of the"
                + " broker is paid by every record that had to wait for it.";
    }

    @Override
    public void run(Trial trial) {
        trial.startBroker();
        Topic topic = Topics.create(trial, "latency", 1, Map.of());
        trial.run(spec(trial, topic, WARM_UP_RATE, trial.scale().times().brokerWarmup()));
        for (int rate : RATES) {
            trial.fillMemory();
            trial.measure(
                            String.format("%,d records/s", rate),
                            spec(trial, topic, rate, trial.scale().timing()))
                    .latencies()
                    .brokerCpu()
                    .process();
        }
    }

    private static LoadSpec spec(Trial trial, Topic topic, int recordsPerSecond, Timing timing) {
        return new LoadSpec.FixedRate(
                trial.broker().bootstrap(), topic, PAYLOAD, Rate.plain(recordsPerSecond), timing, null);
    }
}
