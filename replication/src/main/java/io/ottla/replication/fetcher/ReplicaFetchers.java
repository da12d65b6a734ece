package io.ottla.replication.fetcher;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.replication.partition.FollowerRole;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.replication.partition.Role;
import io.ottla.replication.partition.RoleListener;
import io.ottla.replication.quota.FollowerThrottle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The fetchers of this broker. It is told of every change of a role, on the partition's home loop, and has each partition
 * that follows copied by the fetcher of its leader; may be used from any thread.
 */
public final class ReplicaFetchers implements RoleListener, AutoCloseable {

    private final FetcherContext context;
    private final PartitionSet partitions;
    private final Map<Source, ReplicaFetcher> fetchers = new ConcurrentHashMap<>();

    /** Who copies a partition; changed by the partition's home loop only. */
    private final Map<TopicPartition, ReplicaFetcher> assigned = new ConcurrentHashMap<>();

    private volatile boolean leaving;

    private record Source(int brokerId, int number) {}

    /**
     * @param brokerId this broker
     * @param brokerEpoch of this broker's registration, -1 without one; any thread
     * @param partitions on whose loops the fetchers live
     * @param connector the way to the brokers to copy from
     * @param throttle for all fetchers together
     */
    public ReplicaFetchers(
            FetcherSettings settings,
            int brokerId,
            LongSupplier brokerEpoch,
            PartitionSet partitions,
            SourceConnector connector,
            FollowerThrottle throttle) {
        this.context = new FetcherContext(settings, brokerId, brokerEpoch, connector, partitions.loopCount(), throttle);
        this.partitions = partitions;
    }

    @Override
    public void onRole(Partition partition, Role role) {
        ReplicaFetcher next = !leaving && role instanceof FollowerRole follower && follower.leaderId() >= 0
                ? fetcherOf(partition, follower)
                : null;
        ReplicaFetcher before = next == null ? assigned.remove(partition.name()) : assigned.put(partition.name(), next);
        if (before != null && before != next) {
            before.forget(partition);
        }
        if (next != null && role instanceof FollowerRole follower) {
            next.follow(partition, follower);
        }
    }

    /**
     * This broker is about to go: it follows nobody whom it does not follow already. Leaders that it would catch up with would
     * wait for it before they commit, until they hear that it is gone.
     */
    public void leave() {
        leaving = true;
    }

    private ReplicaFetcher fetcherOf(Partition partition, FollowerRole role) {
        int hash = 31 * partition.name().topic().hashCode() + partition.name().partition();
        int number = Math.floorMod(hash, context.settings().fetchers());
        return fetchers.computeIfAbsent(new Source(role.leaderId(), number), this::fetcher);
    }

    private ReplicaFetcher fetcher(Source source) {
        EventExecutor loop = partitions.loop(Math.floorMod(source.brokerId + source.number, partitions.loopCount()));
        return new ReplicaFetcher(context, source.brokerId, loop);
    }

    /** Stops copying; no connection is left open. */
    @Override
    public void close() {
        fetchers.values().forEach(ReplicaFetcher::close);
    }
}
