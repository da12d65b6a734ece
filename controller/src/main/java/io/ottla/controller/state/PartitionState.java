package io.ottla.controller.state;

import io.ottla.controller.propagation.PartitionUpdate;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the controller knows of one partition. Confined to the controller's executor. */
public final class PartitionState {

    private static final int NO_VERSION = -1;

    private final TopicPartition id;
    private final UUID topicId;
    private final SortedMap<Integer, ReplicaStatus> replicas = new TreeMap<>();
    private ReplicaAssignment assignment;
    private @Nullable PartitionStateNode state;
    private int stateVersion = NO_VERSION;
    private PartitionStatus status = PartitionStatus.NON_EXISTENT;
    /** Members of the ISR whose brokers have been away since it was written. */
    private Set<Integer> returned = Set.of();
    /** The ISR before the election of the present leader, which has not taken the lead yet as far as is known. */
    private List<Integer> isrBeforeLeader = List.of();

    PartitionState(TopicPartition id, UUID topicId, ReplicaAssignment assignment) {
        this.id = id;
        this.topicId = topicId;
        this.assignment = assignment;
        assignment.replicas().forEach(replica -> replicas.put(replica, ReplicaStatus.NEW));
        become(PartitionStatus.NEW);
    }

    /** Topic and number. */
    public TopicPartition id() {
        return id;
    }

    /** Where its replicas are. */
    public ReplicaAssignment assignment() {
        return assignment;
    }

    /** Its replicas are elsewhere now: those that join are new, those that have left are known no more. */
    public void assign(ReplicaAssignment next) {
        assignment = next;
        replicas.keySet().retainAll(next.replicas());
        next.replicas().forEach(replica -> replicas.putIfAbsent(replica, ReplicaStatus.NEW));
    }

    /** The state in ZooKeeper, null if there is none yet. */
    public @Nullable PartitionStateNode state() {
        return state;
    }

    /** Version of the state's znode. */
    public int stateVersion() {
        return stateVersion;
    }

    /** Its status. */
    public PartitionStatus status() {
        return status;
    }

    /** Broker id of the leader, {@link PartitionStateNode#NO_LEADER} if none. */
    public int leader() {
        return state == null ? PartitionStateNode.NO_LEADER : state.leader();
    }

    /** Applies what has been written to, or read from, the state's znode. */
    public void onState(PartitionStateNode written, int version) {
        PartitionStateNode before = state;
        if (before != null && before.leader() != written.leader() && written.leader() >= 0) {
            isrBeforeLeader = before.isr();
        } else {
            isrBeforeLeader = List.of();
        }
        state = written;
        stateVersion = version;
        if (written.leader() >= 0) {
            returned = Set.of();
        }
    }

    /** The leader has taken the lead, or may have: from now on it may have acknowledged records alone. */
    public void leaderMayHaveLed(int leaderEpoch) {
        if (state != null && state.leaderEpoch() == leaderEpoch) {
            isrBeforeLeader = List.of();
        }
    }

    /**
     * The leader has refused to lead, and has never led in its epoch: those that left the ISR when it was elected are as
     * complete as before. The next state that is written says so.
     */
    public void leaderHasRefused() {
        PartitionStateNode refused = state;
        if (refused == null) {
            return;
        }
        List<Integer> others = isrBeforeLeader.stream()
                .filter(member -> member != refused.leader())
                .toList();
        if (!others.isEmpty()) {
            returned = new HashSet<>(others);
            isrBeforeLeader = List.of();
            state = new PartitionStateNode(
                    refused.leader(),
                    refused.leaderEpoch(),
                    others,
                    refused.recoveryState(),
                    refused.controllerEpoch());
        }
    }

    /**
     * These members of the ISR may have lost their disks since it was written: until somebody leads whom they copy from,
     * they are not in sync, and lead only where nobody else can.
     */
    public void onAway(Set<Integer> brokerIds) {
        Set<Integer> all = new HashSet<>(returned);
        all.addAll(brokerIds);
        returned = all;
    }

    /** Whether a replica has been away without anybody having looked at what it still holds. */
    boolean isReturned(int brokerId) {
        return returned.contains(brokerId);
    }

    /** Takes a status; an illegal transition is a broken invariant. */
    public void become(PartitionStatus next) {
        if (!status.mayBecome(next)) {
            throw new IllegalStateException("partition " + id + " cannot become " + next + " from " + status);
        }
        status = next;
    }

    /** Status of the replica on this broker. */
    public ReplicaStatus replica(int brokerId) {
        return replicas.getOrDefault(brokerId, ReplicaStatus.NON_EXISTENT);
    }

    /** The replica on this broker takes a status; an illegal transition is a broken invariant. */
    public void replicaBecomes(int brokerId, ReplicaStatus next) {
        ReplicaStatus current = replica(brokerId);
        if (!current.mayBecome(next)) {
            throw new IllegalStateException(
                    "replica of " + id + " on broker " + brokerId + " cannot become " + next + " from " + current);
        }
        replicas.put(brokerId, next);
    }

    /** Statuses by broker id. */
    public Map<Integer, ReplicaStatus> replicas() {
        return Map.copyOf(replicas);
    }

    /** What brokers are told of it; there must be a state. */
    public PartitionUpdate update() {
        if (state == null) {
            throw new IllegalStateException("partition " + id + " has no state to tell of");
        }
        return new PartitionUpdate(id, topicId, assignment, state, stateVersion);
    }

    /** Tells brokers that the partition is being deleted. */
    public PartitionUpdate deletionUpdate(int controllerEpoch) {
        PartitionStateNode leaving = new PartitionStateNode(
                PartitionStateNode.LEADER_DURING_DELETE,
                PartitionStateNode.EPOCH_DURING_DELETE,
                state == null ? assignment.replicas() : state.isr(),
                (byte) 0,
                controllerEpoch);
        return new PartitionUpdate(id, topicId, assignment, leaving, stateVersion);
    }
}
