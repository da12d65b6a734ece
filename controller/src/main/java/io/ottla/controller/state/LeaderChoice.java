package io.ottla.controller.state;

import io.ottla.controller.znode.PartitionStateNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who is to lead a partition. Pure functions. */
final class LeaderChoice {

    private static final byte RECOVERED = 0;

    private LeaderChoice() {}

    /** The first state of a partition: the first live replica leads, all live replicas are in sync. */
    static Optional<PartitionStateNode> first(List<Integer> replicas, Set<Integer> live, int controllerEpoch) {
        List<Integer> alive = replicas.stream().filter(live::contains).toList();
        return alive.isEmpty()
                ? Optional.empty()
                : Optional.of(new PartitionStateNode(alive.get(0), 0, alive, RECOVERED, controllerEpoch));
    }

    /** The first live replica in the order of assignment that is in sync leads; the dead leave the ISR. */
    static Optional<PartitionStateNode> clean(
            List<Integer> replicas, PartitionStateNode current, Set<Integer> live, int controllerEpoch) {
        List<Integer> isr = current.isr().stream().filter(live::contains).toList();
        return replicas.stream()
                .filter(isr::contains)
                .findFirst()
                .map(leader -> new PartitionStateNode(
                        leader, current.leaderEpoch() + 1, isr, current.recoveryState(), controllerEpoch));
    }

    /** The first live replica leads although it may lack records: the ISR is that replica alone. */
    static Optional<PartitionStateNode> unclean(
            List<Integer> replicas, PartitionStateNode current, Set<Integer> live, int controllerEpoch) {
        return replicas.stream()
                .filter(live::contains)
                .findFirst()
                .map(leader -> new PartitionStateNode(
                        leader, current.leaderEpoch() + 1, List.of(leader), RECOVERED, controllerEpoch));
    }

    /** Nobody leads; the ISR stays as it was, so that only a replica of it may lead again. */
    static PartitionStateNode none(PartitionStateNode current, int controllerEpoch) {
        return new PartitionStateNode(
                PartitionStateNode.NO_LEADER,
                current.leaderEpoch() + 1,
                current.isr(),
                current.recoveryState(),
                controllerEpoch);
    }

    /** The dead leave the ISR under the same leader; empty if none of them is in it. */
    static Optional<PartitionStateNode> shrunk(PartitionStateNode current, Set<Integer> live, int controllerEpoch) {
        List<Integer> isr = current.isr().stream().filter(live::contains).toList();
        return isr.isEmpty() || isr.size() == current.isr().size()
                ? Optional.empty()
                : Optional.of(new PartitionStateNode(
                        current.leader(), current.leaderEpoch() + 1, isr, current.recoveryState(), controllerEpoch));
    }
}
