package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.RequestKind;
import io.ottla.bench.load.LoadSpec.Topic;
import java.util.Map;

/** What it costs to acknowledge nothing that is not on the disk. */
public final class FsyncProduce implements Scenario {
    private static final int PRODUCERS = 8;
    private static final Map<String, String> SETTINGS = Map.of("flush.messages", "1");

    @Override
    public String name() {
        return "fsync";
    }

    @Override
    public String idea() {
        return "A topic with flush.messages=1: every acknowledgement waits for the disk. " + PRODUCERS
                + " producers of 1,000-byte records without linger, as fast as they can; and " + PRODUCERS
                + " plain sockets with one record in flight each.";
    }

    @Override
    public Weight weight() {
        return Weight.HEAVY;
    }

    @Override
    public void run(Trial trial) {
        trial.startBroker();
        Topic topic = Topics.create(trial, "fsync", 1, SETTINGS);
        LoadSpec producers = new LoadSpec.Produce(
                trial.broker().bootstrap(),
                topic,
                new Payload(1000, "none"),
                "all",
                PRODUCERS,
                0,
                trial.scale().timing());
        trial.measure(PRODUCERS + " producers, 1 partition", producers)
                .throughput()
                .cpuPerGb();
        LoadSpec sockets = new LoadSpec.Requests(
                trial.broker().files().port(),
                RequestKind.PRODUCE_ONE_RECORD,
                topic,
                PRODUCERS,
                1,
                trial.scale().timing());
        trial.measure(PRODUCERS + " sockets, one record each", sockets)
                .requestRate()
                .cpuPerRequest();
    }
}
