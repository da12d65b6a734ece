package io.ottla.controller.reassign;

import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import java.util.List;
import java.util.function.IntPredicate;

/** Who leads, and who is in sync, while replicas move. Pure functions. */
final class ReassignedState {

    private ReassignedState() {}

    /** Whether the target replicas can do without the others: all are in sync, and one is online to lead. */
    static boolean isComplete(ReplicaAssignment assignment, List<Integer> isr, IntPredicate online) {
        List<Integer> target = assignment.target();
        return isr.containsAll(target) && target.stream().anyMatch(online::test);
    }

    /** Whether a partition in this state can be left to these replicas: one that is in sync, and online, can lead. */
    static boolean canBeLeftTo(List<Integer> replicas, PartitionStateNode current, IntPredicate online) {
        boolean keepsInSync = replicas.stream().anyMatch(current.isr()::contains);
        return keepsInSync
                && (replicas.contains(current.leader())
                        || current.leader() == PartitionStateNode.NO_LEADER
                        || candidate(replicas, current, online) != PartitionStateNode.NO_LEADER);
    }

    /** The state in which none but these replicas count: the leader stays if it is one of them. */
    static PartitionStateNode leftTo(
            List<Integer> replicas, PartitionStateNode current, IntPredicate online, int controllerEpoch) {
        boolean stays = replicas.contains(current.leader()) && online.test(current.leader());
        return new PartitionStateNode(
                stays ? current.leader() : candidate(replicas, current, online),
                current.leaderEpoch() + 1,
                inSync(replicas, current),
                current.recoveryState(),
                controllerEpoch);
    }

    /** Those in sync among these replicas. */
    static List<Integer> inSync(List<Integer> replicas, PartitionStateNode current) {
        return current.isr().stream().filter(replicas::contains).toList();
    }

    private static int candidate(List<Integer> replicas, PartitionStateNode current, IntPredicate online) {
        return replicas.stream()
                .filter(current.isr()::contains)
                .filter(online::test)
                .findFirst()
                .orElse(PartitionStateNode.NO_LEADER);
    }
}
