package io.ottla.controller.state;

import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Who of a partition's replicas may lead it.
 *
 * <p>A replica is complete if it is known to hold every record that was acknowledged to {@code acks=all}. What ZooKeeper
 * holds as Apache Kafka writes it knows this of the ISR alone, which therefore is never empty: the last member stays in
 * it though it is gone, and only that one may lead again (the last replica standing). Where a cluster records eligible
 * leader replicas (KIP-966) they are complete too, and {@link #firstComplete} is the one place that asks.
 *
 * @param assignment its replicas
 * @param current its state
 * @param online whether a broker is live, not shutting down, and has the replica's disk
 * @param trusted whether a member of the ISR certainly still has what it had when the state was written
 * @param lastResort whether a broker could lead at all, whatever it has
 */
record Electorate(
        ReplicaAssignment assignment,
        PartitionStateNode current,
        IntPredicate online,
        IntPredicate trusted,
        IntPredicate lastResort) {

    List<Integer> replicas() {
        return assignment.replicas();
    }

    /** Replicas that no reassignment is about to remove. */
    List<Integer> staying() {
        return assignment.replicas().stream()
                .filter(replica -> !assignment.removing().contains(replica))
                .toList();
    }

    /** Members of the ISR that are online, and certainly complete. */
    List<Integer> onlineIsr() {
        return current.isr().stream()
                .filter(member -> online.test(member) && trusted.test(member))
                .toList();
    }

    /** The first of these that is online and complete. */
    Optional<Integer> firstComplete(List<Integer> candidates) {
        List<Integer> complete = onlineIsr();
        return candidates.stream().filter(complete::contains).findFirst();
    }

    /** The first replica online that was complete before it was away: it refuses to lead if its disk is empty now. */
    Optional<Integer> firstReturned() {
        return replicas().stream()
                .filter(replica -> online.test(replica) && current.isr().contains(replica))
                .findFirst();
    }

    /** The first replica online, whatever it holds; else one that has refused to lead because it holds nothing. */
    Optional<Integer> firstOnline() {
        return replicas().stream().filter(online::test).findFirst().or(() -> replicas().stream()
                .filter(lastResort::test)
                .findFirst());
    }

    /** Another leader, the same ISR. */
    PartitionStateNode handOver(int leader, int controllerEpoch) {
        return nextEpoch(leader, current.isr(), current.recoveryState(), controllerEpoch);
    }

    PartitionStateNode nextEpoch(int leader, List<Integer> isr, byte recoveryState, int controllerEpoch) {
        return new PartitionStateNode(leader, current.leaderEpoch() + 1, isr, recoveryState, controllerEpoch);
    }

    /** The first state of a partition: the first replica online leads, all that are online are in sync. */
    static Optional<PartitionStateNode> firstState(List<Integer> replicas, IntPredicate online, int controllerEpoch) {
        List<Integer> present = replicas.stream().filter(online::test).toList();
        return present.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new PartitionStateNode(present.get(0), 0, present, LeaderElection.RECOVERED, controllerEpoch));
    }

    /** Nobody leads; the ISR stays as it was, so that only a replica of it may lead again. */
    PartitionStateNode leaderless(int controllerEpoch) {
        return handOver(PartitionStateNode.NO_LEADER, controllerEpoch);
    }

    /** The absent leave the ISR under the same leader; empty if none of them is in it. */
    Optional<PartitionStateNode> shrunk(int controllerEpoch) {
        List<Integer> isr = onlineIsr();
        return isr.isEmpty() || isr.size() == current.isr().size()
                ? Optional.empty()
                : Optional.of(nextEpoch(current.leader(), isr, current.recoveryState(), controllerEpoch));
    }
}
