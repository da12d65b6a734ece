package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadSpec;
import io.ottla.bench.load.LoadSpec.RequestKind;
import io.ottla.bench.load.LoadSpec.Timing;
import io.ottla.bench.load.LoadSpec.Topic;
import java.util.Map;

/** What a broker costs per request, whatever the request carries. */
public final class RequestRates implements Scenario {
    private static final int METADATA_PARTITIONS = 10;
    private static final int PIPELINED = 16;

    @Override
    public String name() {
        return "requests";
    }

    @Override
    public String idea() {
        return "A plain socket sends one request after the other, the same bytes to every broker: a produce of one record of"
                + " 100 bytes with acks=all, a fetch that finds nothing and does not wait, Metadata of a topic with "
                + METADATA_PARTITIONS + " partitions, and so on. Pipelined: " + PIPELINED
                + " requests with one write, then their answers.";
    }

    @Override
    public void run(Trial trial) {
        trial.startBroker();
        Topic written = Topics.create(trial, "requests", METADATA_PARTITIONS, Map.of());
        Topic empty = Topics.create(trial, "empty", 1, Map.of());
        trial.run(spec(
                trial,
                new Shape(RequestKind.PRODUCE_ONE_RECORD, written, 1),
                trial.scale().times().brokerWarmup()));
        one(trial, "produce of one record", RequestKind.PRODUCE_ONE_RECORD, written);
        pipelined(trial, "produce of one record", RequestKind.PRODUCE_ONE_RECORD, written);
        one(trial, "empty fetch", RequestKind.EMPTY_FETCH, empty);
        pipelined(trial, "empty fetch", RequestKind.EMPTY_FETCH, empty);
        one(trial, "ApiVersions", RequestKind.API_VERSIONS, empty);
        one(trial, "Metadata", RequestKind.METADATA, written);
        one(trial, "OffsetCommit", RequestKind.OFFSET_COMMIT, written);
        one(trial, "Heartbeat", RequestKind.HEARTBEAT, written);
    }

    private static void one(Trial trial, String cell, RequestKind kind, Topic topic) {
        measure(trial, cell, new Shape(kind, topic, 1));
    }

    private static void pipelined(Trial trial, String cell, RequestKind kind, Topic topic) {
        measure(trial, cell + ", pipelined", new Shape(kind, topic, PIPELINED));
    }

    private static void measure(Trial trial, String cell, Shape shape) {
        trial.measure(cell, spec(trial, shape, trial.scale().timing()))
                .cpuPerRequest()
                .requestRate()
                .process();
    }

    private static LoadSpec spec(Trial trial, Shape shape, Timing timing) {
        return new LoadSpec.Requests(trial.broker().files().port(), shape.kind, shape.topic, 1, shape.depth, timing);
    }

    private record Shape(RequestKind kind, Topic topic, int depth) {}
}
