package io.ottla.replication.isr;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.ottla.replication.partition.PartitionSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets leaders look for in-sync replicas that lag, twice in {@code replica.lag.time.max.ms}. Started and closed by one thread.
 */
public final class IsrExpiry implements AutoCloseable {

    private final PartitionSet partitions;
    private final EventExecutor timer;
    private final long periodMs;
    private @Nullable ScheduledFuture<?> ticks;

    public IsrExpiry(PartitionSet partitions, EventExecutor timer, long lagTimeMaxMs) {
        this.partitions = partitions;
        this.timer = timer;
        this.periodMs = Math.max(1, lagTimeMaxMs / 2);
    }

    public void start() {
        ticks = timer.scheduleAtFixedRate(partitions::dropLaggards, periodMs, periodMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        if (ticks != null) {
            ticks.cancel(false);
        }
    }
}
