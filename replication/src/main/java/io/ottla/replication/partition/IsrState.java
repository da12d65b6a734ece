package io.ottla.replication.partition;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The in-sync replicas as the leader counts them.
 *
 * <p>While a change is on its way to the controller, a replica may be in the set before or after but not in both. The high
 * watermark then waits for every replica of either ({@code maximal}), and min.insync.replicas counts only those of
 * {@code committed}: whichever way the change ends, what was acknowledged is on all of them.
 *
 * @param committed as ZooKeeper has it
 * @param maximal {@code committed} and the replicas that are being added
 * @param partitionEpoch the version of the state that {@code committed} comes from
 */
public record IsrState(List<Integer> committed, Set<Integer> maximal, int partitionEpoch) {

    public IsrState {
        committed = List.copyOf(committed);
        maximal = Set.copyOf(maximal);
    }

    static IsrState committed(List<Integer> isr, int partitionEpoch) {
        return new IsrState(isr, new HashSet<>(isr), partitionEpoch);
    }

    /** The state while a change to {@code isr} may or may not happen. */
    IsrState proposing(List<Integer> isr) {
        Set<Integer> either = new HashSet<>(maximal);
        either.addAll(isr);
        return new IsrState(committed, either, partitionEpoch);
    }

    /** The state after a change that certainly has not happened and will not. */
    IsrState withoutProposal() {
        return committed(committed, partitionEpoch);
    }
}
