package io.ottla.replication.partition;

import io.ottla.replication.metadata.MetadataCache;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What leaders need to know and to reach beyond their own log.
 *
 * @param brokerId this broker
 * @param brokerEpoch of this broker's registration, -1 without one; any thread
 * @param isrChanges the way to the controller
 * @param metadata the cluster, to know which brokers are alive
 * @param lagTimeMaxMs {@code replica.lag.time.max.ms}
 * @param workers threads that may wait for the disk
 */
public record LeaderServices(
        int brokerId,
        LongSupplier brokerEpoch,
        IsrChanges isrChanges,
        MetadataCache metadata,
        long lagTimeMaxMs,
        Executor workers) {

    boolean isAlive(int otherBroker) {
        return metadata.image().broker(otherBroker) != null;
    }
}
