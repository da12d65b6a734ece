package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.Timing;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.os.PageCache;
import java.util.Map;

/** What a broker costs per byte consumed: from memory, to several readers, from a cold disk. */
public final class ConsumeThroughput implements Scenario {
    private static final int PARTITIONS = 4;
    private static final int FAN_OUT = 5;
    private static final Payload PAYLOAD = new Payload(1000, "none");

    @Override
    public String name() {
        return "consume";
    }

    @Override
    public String idea() {
        return "Consumers at their defaults read a topic of " + PARTITIONS
                + " partitions with records of 1,000 bytes, over and over, from the page cache; then one reads it once"
                + " after its files have been dropped from the page cache.";
    }

    @Override
    public void run(Trial trial) {
        trial.startBroker();
        Topic topic = Topics.create(trial, "consumed", PARTITIONS, Map.of());
        String bootstrap = trial.broker().bootstrap();
        long records = trial.run(new LoadSpec.Fill(
                        bootstrap, topic, PAYLOAD, trial.scale().sizes().consumeBytes()))
                .records();
        trial.run(spec(trial, topic, 1, trial.scale().times().brokerWarmup()));
        consume(trial, topic, "page cache, 1 consumer", 1);
        consume(trial, topic, "page cache, " + FAN_OUT + " consumers", FAN_OUT);
        PageCache.drop(trial.broker().files().dataDir());
        // Not repeated when loud: a second look would find the files warm.
        new Cell(trial, "cold disk, 1 consumer", trial.run(new LoadSpec.ConsumeOnce(bootstrap, topic, records)))
                .throughput()
                .cpuPerGb()
                .process();
    }

    private static void consume(Trial trial, Topic topic, String cell, int consumers) {
        trial.measure(cell, spec(trial, topic, consumers, trial.scale().timing()))
                .throughput()
                .cpuPerGb()
                .process();
    }

    private static LoadSpec spec(Trial trial, Topic topic, int consumers, Timing timing) {
        return new LoadSpec.Consume(trial.broker().bootstrap(), topic, consumers, timing);
    }
}
