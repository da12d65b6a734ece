package io.ottla.replication.metadata;

import java.util.List;

/**
 * A partition as the controller announced it.
 *
 * @param leader broker id, or {@link #NO_LEADER}
 * @param partitionEpoch the version of the partition's state in ZooKeeper
 * @param replicas all replicas in assignment order, the preferred leader first
 */
public record PartitionImage(
        int partition,
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> offlineReplicas) {

    /** The leader id of a partition that has no leader at the moment. */
    public static final int NO_LEADER = -1;

    /** The leader id by which the controller announces that a partition is deleted. It never occurs in an image. */
    static final int LEADER_OF_DELETED = -2;

    public PartitionImage {
        replicas = List.copyOf(replicas);
        isr = List.copyOf(isr);
        offlineReplicas = List.copyOf(offlineReplicas);
    }

    public boolean hasLeader() {
        return leader >= 0;
    }
}
