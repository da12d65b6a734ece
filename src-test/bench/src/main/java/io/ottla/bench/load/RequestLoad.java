package io.ottla.bench.load;

import io.ottla.bench.load.LoadSpec.RequestKind;
import io.ottla.bench.os.UsageMeter.Processes;
import io.ottla.bench.raw.OneRecordProduce;
import io.ottla.bench.raw.RawConnection;
import io.ottla.bench.raw.RepeatedRequest;
import io.ottla.bench.raw.RequestPump;
import io.ottla.bench.raw.Requests;
import java.util.ArrayList;
import java.util.List;

/** Requests over plain sockets, as many as the broker answers; one thread drives all connections. */
final class RequestLoad implements Load {
    private final LoadSpec.Requests spec;
    private final Counters counters = new Counters();

    RequestLoad(LoadSpec.Requests spec) {
        this.spec = spec;
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        List<RequestPump> pumps = new ArrayList<>();
        try (Workers workers = new Workers()) {
            for (int i = 0; i < spec.connections(); i++) {
                RawConnection connection = RawConnection.open(spec.port(), RawConnection.ANSWER_BYTES);
                pumps.add(new RequestPump(connection, prepare(connection, i), spec.depth()));
            }
            workers.start("requests", () -> pump(workers, pumps));
            return workers.measure(spec.timing(), processes, counters);
        } finally {
            for (RequestPump pump : pumps) {
                pump.close();
            }
        }
    }

    private void pump(Workers workers, List<RequestPump> pumps) throws Exception {
        int recordsEach = spec.kind() == RequestKind.PRODUCE_ONE_RECORD ? spec.depth() : 0;
        while (workers.running()) {
            for (RequestPump pump : pumps) {
                pump.send();
            }
            for (RequestPump pump : pumps) {
                pump.receive();
                counters.requests.add(spec.depth());
                counters.addRecords(recordsEach, (long) recordsEach * OneRecordProduce.RECORD_BYTES);
            }
        }
    }

    private RepeatedRequest prepare(RawConnection connection, int number) throws Exception {
        String topic = spec.topic().name();
        return switch (spec.kind()) {
            case PRODUCE_ONE_RECORD ->
                OneRecordProduce.prepare(topic, number % spec.topic().partitions());
            case EMPTY_FETCH -> Requests.emptyFetch(connection, topic);
            case API_VERSIONS -> Requests.apiVersions();
            case METADATA -> Requests.metadata(topic);
            case OFFSET_COMMIT -> Requests.offsetCommit(connection, topic);
            case HEARTBEAT -> Requests.heartbeat(connection, topic);
        };
    }
}
