package io.ottla.bench.load;

import io.ottla.bench.os.Usage;
import io.ottla.bench.os.UsageMeter;
import io.ottla.bench.os.UsageMeter.Processes;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** A topic becomes a compacted one, and the load ends when all of it but the active segments is clean. */
final class CompactLoad implements Load {
    private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(10);
    private static final int LOOK_MS = 10;

    private final LoadSpec.Compact spec;

    CompactLoad(LoadSpec.Compact spec) {
        this.spec = spec;
    }

    @Override
    public LoadResult run(Processes processes) throws Exception {
        TopicFiles files = new TopicFiles(Path.of(spec.dataDir()), spec.topic());
        Map<Integer, Long> ends = files.activeBaseOffsets();
        try (Admin admin = Clients.admin(spec.bootstrap())) {
            // Connected before anything is measured.
            admin.describeCluster().nodes().get();
            UsageMeter meter = UsageMeter.start(processes);
            compact(admin);
            long deadlineNs = System.nanoTime() + LIMIT_NS;
            while (!files.isCleanUpTo(ends)) {
                if (System.nanoTime() > deadlineNs) {
                    throw new IllegalStateException(
                            "cleaned up to " + files.cleanedOffsets() + ", not to " + ends + ", within ten minutes");
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            }
            Usage usage = meter.stop();
            return new LoadResult(
                    0,
                    spec.filled().records(),
                    spec.filled().bytes(),
                    usage,
                    Map.of(Figures.LEFT_BYTES, (double) files.logBytes()),
                    Map.of());
        }
    }

    private void compact(Admin admin) throws Exception {
        AlterConfigOp policy = new AlterConfigOp(
                new ConfigEntry(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT),
                AlterConfigOp.OpType.SET);
        Map<ConfigResource, Collection<AlterConfigOp>> changes = Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, spec.topic().name()), List.of(policy));
        admin.incrementalAlterConfigs(changes).all().get();
    }
}
