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
 * @param isRecovering whether the leader was elected although it may lack records, by an unclean election (KIP-704)
 */
public record Assignment(
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> isr,
        List<Integer> replicas,
        boolean isNew,
        boolean isRecovering) {

    private static final byte RECOVERING = 1;

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
                state.isNew(),
                state.leaderRecoveryState() == RECOVERING);
    }

    /**
     * Whether a replica of which this broker has no trace must have had records: the partition's state has changed more than
     * once since it was created, so that its replicas had been told of it, and there are others whose records an empty
     * leader would have cut off. See docs/decisions/0040-an-empty-disk-does-not-lead.md.
     */
    boolean expectsRecords() {
        return !isNew && !isRecovering && partitionEpoch > 1 && replicas.size() > 1;
    }
}
