package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.Payload;
import io.ottla.bench.load.LoadSpec.Timing;
import io.ottla.bench.load.LoadSpec.Topic;
import io.ottla.bench.scenario.Scale.Breadth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a broker costs per byte produced, with the producers' own batching. */
public final class ProduceThroughput implements Scenario {
    private static final int LINGER_MS = 5;
    private static final Variant BASE = new Variant(1000, "none", "all", 1, 1);

    /** One combination. */
    private record Variant(int recordBytes, String codec, String acks, int producers, int partitions) {
        String cell() {
            return recordBytes + " B, " + codec + ", acks=" + acks + ", " + producers
                    + (producers == 1 ? " producer, " : " producers, ") + partitions
                    + (partitions == 1 ? " partition" : " partitions");
        }
    }

    @Override
    public String name() {
        return "produce";
    }

    @Override
    public String idea() {
        return "Producers at their defaults (batches of 16 KB, linger 5 ms) send as fast as they can. A GB is 10^9 bytes of"
                + " values before compression. The clients share the processors with the broker, so that throughput says"
                + " less than processor time does.";
    }

    @Override
    public void run(Trial trial) {
        trial.startBroker();
        Topic warm = Topics.create(trial, "warm-up", 1, Map.of());
        trial.run(spec(trial, BASE, warm, trial.scale().times().brokerWarmup()));
        Topics.delete(trial, warm);
        List<Variant> variants = variants(trial.scale().breadth());
        for (int i = 0; i < variants.size(); i++) {
            produce(trial, variants.get(i), "produce-" + i);
        }
    }

    private static void produce(Trial trial, Variant variant, String name) {
        Topic topic = Topics.create(trial, name, variant.partitions, Map.of());
        trial.fillMemory();
        trial.measure(variant.cell(), spec(trial, variant, topic, trial.scale().timing()))
                .throughput()
                .cpuPerGb()
                .process();
        Topics.delete(trial, topic);
    }

    private static LoadSpec spec(Trial trial, Variant variant, Topic topic, Timing timing) {
        return new LoadSpec.Produce(
                trial.broker().bootstrap(),
                topic,
                new Payload(variant.recordBytes, variant.codec),
                variant.acks,
                variant.producers,
                LINGER_MS,
                timing);
    }

    private static List<Variant> variants(Breadth breadth) {
        return switch (breadth) {
            case NARROW -> narrow();
            case WIDE -> oneThingAtATime();
            case MATRIX -> all();
        };
    }

    private static List<Variant> narrow() {
        return List.of(
                BASE,
                new Variant(1000, "lz4", "all", 1, 1),
                new Variant(1000, "zstd", "all", 1, 1),
                new Variant(100, "none", "all", 1, 1),
                new Variant(1000, "none", "all", 8, 100));
    }

    private static List<Variant> oneThingAtATime() {
        return List.of(
                BASE,
                new Variant(1000, "lz4", "all", 1, 1),
                new Variant(1000, "zstd", "all", 1, 1),
                new Variant(100, "none", "all", 1, 1),
                new Variant(10_000, "none", "all", 1, 1),
                new Variant(1000, "none", "1", 1, 1),
                new Variant(1000, "none", "all", 8, 1),
                new Variant(1000, "none", "all", 1, 100),
                new Variant(1000, "none", "all", 8, 1_000));
    }

    private static List<Variant> all() {
        List<Variant> variants = new ArrayList<>();
        for (int partitions : new int[] {1, 100, 1_000}) {
            for (int producers : new int[] {1, 8}) {
                for (String acks : List.of("all", "1")) {
                    for (String codec : List.of("none", "lz4", "zstd")) {
                        for (int recordBytes : new int[] {100, 1000, 10_000}) {
                            variants.add(new Variant(recordBytes, codec, acks, producers, partitions));
                        }
                    }
                }
            }
        }
        return variants;
    }
}
