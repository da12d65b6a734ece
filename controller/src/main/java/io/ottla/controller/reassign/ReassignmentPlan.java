package io.ottla.controller.reassign;

import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what is asked for, and says what it makes of a partition's assignment. Reads the cluster, changes nothing. */
final class ReassignmentPlan {

    private final ClusterState cluster;

    ReassignmentPlan(ClusterState cluster) {
        this.cluster = cluster;
    }

    /** The partition, unless it does not exist or is being deleted: UNKNOWN_TOPIC_OR_PARTITION. */
    PartitionState partition(TopicPartition id) {
        TopicState topic = cluster.topic(id.topic());
        PartitionState partition = topic == null || topic.isDeleting() ? null : topic.partition(id.partition());
        if (partition == null) {
            throw new ApiException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The partition does not exist.");
        }
        return partition;
    }

    /**
     * The assignment with which the reassignment begins.
     *
     * @param target the replicas wanted; null cancels the reassignment under way
     * @param factorMayChange whether there may be more or fewer of them than now (KIP-860)
     */
    ReplicaAssignment plan(PartitionState partition, @Nullable List<Integer> target, boolean factorMayChange) {
        ReplicaAssignment current = partition.assignment();
        if (target == null && !current.isBeingReassigned()) {
            throw new ApiException(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
        }
        if (target != null) {
            validate(target, current, factorMayChange);
        }
        ReplicaAssignment next = current.reassignTo(target == null ? current.origin() : target);
        requireInSync(partition, next);
        return next;
    }

    private void validate(List<Integer> target, ReplicaAssignment current, boolean factorMayChange) {
        if (target.isEmpty()) {
            throw invalid("Empty replica list specified in partition reassignment.");
        }
        if (new HashSet<>(target).size() != target.size()) {
            throw invalid("Duplicate replica ids in partition reassignment replica list: " + target);
        }
        if (target.stream().anyMatch(id -> id < 0)) {
            throw invalid("Invalid broker id in replica list: " + target);
        }
        if (!factorMayChange && target.size() != current.target().size()) {
            throw new ApiException(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "The replication factor is changed from " + current.target().size() + " to " + target.size());
        }
        List<Integer> added = current.reassignTo(target).adding();
        if (!added.stream().allMatch(cluster::isAvailable)) {
            throw invalid("Replica assignment has brokers that are not alive. Replica list: " + added
                    + ", live broker list: " + cluster.brokerIds());
        }
    }

    /** Replicas that an earlier reassignment was adding are dropped at once; records must not be lost with them. */
    private void requireInSync(PartitionState partition, ReplicaAssignment next) {
        PartitionStateNode state = partition.state();
        if (state != null
                && !ReassignedState.canBeLeftTo(next.replicas(), state, id -> cluster.isOnline(id, partition.id()))) {
            throw invalid("No live replica among " + next.replicas() + " is in sync; the in-sync replicas are "
                    + state.isr() + " and the leader is " + state.leader());
        }
    }

    private static ApiException invalid(String problem) {
        return new ApiException(ErrorCode.INVALID_REPLICA_ASSIGNMENT, problem);
    }
}
