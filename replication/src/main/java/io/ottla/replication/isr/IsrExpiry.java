package io.ottla.replication.isr;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.partition.PartitionSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets leaders look again at who is in sync, twice in {@code replica.lag.time.max.ms}, and when brokers have come or gone. Started and closed by one thread.
 */
public final class IsrExpiry implements AutoCloseable {

    private final PartitionSet partitions;
    private final MetadataCache metadata;
    private final EventExecutor timer;
    private final long periodMs;
    private @Nullable ScheduledFuture<?> ticks;

    public IsrExpiry(PartitionSet partitions, MetadataCache metadata, EventExecutor timer, long lagTimeMaxMs) {
        this.partitions = partitions;
        this.metadata = metadata;
        this.timer = timer;
        this.periodMs = Math.max(1, lagTimeMaxMs / 2);
    }

    public void start() {
        metadata.addListener(this::onMetadata);
        ticks = timer.scheduleAtFixedRate(partitions::reviewIsrs, periodMs, periodMs, TimeUnit.MILLISECONDS);
    }

    /** A high watermark does not wait for a replica of a broker that is gone. */
    private void onMetadata(MetadataImage before, MetadataImage after) {
        if (!before.brokers().equals(after.brokers())) {
            partitions.reviewIsrs();
        }
    }

    @Override
    public void close() {
        if (ticks != null) {
            ticks.cancel(false);
        }
    }
}
