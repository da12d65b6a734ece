package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.log.PartitionLog;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Changes the roles of partitions, each on its home loop, and tells those who want to know. */
final class RoleChanges {

    private final List<LeadershipListener> leaderships = new CopyOnWriteArrayList<>();
    private final List<RoleListener> roles = new CopyOnWriteArrayList<>();

    void add(LeadershipListener listener) {
        leaderships.add(listener);
    }

    void add(RoleListener listener) {
        roles.add(listener);
    }

    /** Runs a change on the partition's home loop. Any thread. */
    static CompletableFuture<ErrorCode> onLoop(Partition partition, Supplier<ErrorCode> change) {
        return CompletableFuture.supplyAsync(change, partition.loop());
    }

    /** The partition is led from here. On its home loop. */
    void lead(Partition partition, Assignment assignment, PartitionLog log) {
        partition.becomeLeader(assignment, log);
        tellRole(partition);
        leaderships.forEach(listener -> listener.onLeader(partition.name(), assignment.leaderEpoch()));
    }

    /** Runs a change that ends a leadership, if there is one. On the partition's home loop. */
    void resign(Partition partition, int leaderEpoch, Runnable change) {
        boolean led = partition.leader() != null;
        change.run();
        tellRole(partition);
        if (led) {
            leaderships.forEach(listener -> listener.onResign(partition.name(), leaderEpoch));
        }
    }

    /** The partition goes on with another log. On its home loop. */
    void move(Partition partition, PartitionLog moved) {
        partition.moveTo(moved);
        tellRole(partition);
    }

    private void tellRole(Partition partition) {
        Role role = partition.role();
        roles.forEach(listener -> listener.onRole(partition, role));
    }
}
