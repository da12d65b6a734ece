package io.ottla.bench.load;

import io.ottla.bench.os.ProcFs;
import io.ottla.bench.os.UsageMeter.Processes;
import io.ottla.bench.raw.Frames;
import io.ottla.bench.raw.RawConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.ApiVersionsRequestData;

/** Connections that say hello and then nothing: what each costs. */
final class IdleLoad implements Load {
    private static final short HELLO_VERSION = 3;

    private final LoadSpec.IdleConnections spec;

    IdleLoad(LoadSpec.IdleConnections spec) {
        this.spec = spec;
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        List<RawConnection> open = new ArrayList<>();
        try (Workers workers = new Workers()) {
            for (int i = 0; i < spec.connections(); i++) {
                RawConnection connection = RawConnection.open(spec.port(), Frames.SMALL_BYTES);
                open.add(connection);
                connection.call(
                        new ApiVersionsRequestData()
                                .setClientSoftwareName("ottla-bench")
                                .setClientSoftwareVersion("1"),
                        HELLO_VERSION);
            }
            LoadResult idle = workers.measureFromNow(spec.timing(), processes, new Counters());
            Map<String, Double> values = Map.of(
                    Figures.RESIDENT_BYTES,
                    (double) ProcFs.memory(processes.broker()).residentBytes(),
                    Figures.OPEN_FILES,
                    (double) ProcFs.openFiles(processes.broker()));
            return new LoadResult(open.size(), 0, 0, idle.usage(), values, Map.of());
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
        }
    }
}
