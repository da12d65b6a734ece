package io.ottla.replication.partition;

import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import java.util.List;

/**
 * What the controller has decided about a partition.
 *
 * @param leader broker id, or -1
 * @param partitionEpoch the version of the partition's state in ZooKeeper, at which an ISR change must start
 * @param isr the in-sync replicas as ZooKeeper has them
 * @param replicas all replicas, those being added included
 * @param isNew whether the partition is created by this very order
 */
public record Assignment(
        int leader, int leaderEpoch, int partitionEpoch, List<Integer> isr, List<Integer> replicas, boolean isNew) {

    public Assignment {
        isr = List.copyOf(isr);
        replicas = List.copyOf(replicas);
    }

    static Assignment of(LeaderAndIsrPartitionState state) {
        return new Assignment(
                state.leader(),
                state.leaderEpoch(),
                state.partitionEpoch(),
                state.isr(),
                state.replicas(),
                state.isNew());
    }
}
