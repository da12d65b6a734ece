package io.ottla.controller.reassign;

import io.ottla.controller.event.Gather;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.PartitionStatus;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.WriteResult;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The phases of reassignments. Confined to the controller's executor, inside one event at a time. */
final class ReassignmentSteps {

    private static final Logger LOG = LoggerFactory.getLogger(ReassignmentSteps.class);

    private final ReassignmentContext context;
    private final Consumer<Collection<TopicPartition>> onFinished;

    /** Partitions that have been left to their target, with the assignment that their topic's node still has. */
    private final Map<TopicPartition, ReplicaAssignment> finishing = new TreeMap<>();

    /** @param onFinished told of reassignments that are over, inside an event */
    ReassignmentSteps(ReassignmentContext context, Consumer<Collection<TopicPartition>> onFinished) {
        this.context = context;
        this.onFinished = onFinished;
    }

    /** What the brokers are told in one event. */
    private record Outgoing(UpdateBatch updates, UpdateBatch stops, Map<TopicPartition, ReplicaAssignment> completed) {}

    /** Reassignments of which only the deletion of removed replicas is left, with what they were. */
    Map<TopicPartition, ReplicaAssignment> finishing() {
        return finishing;
    }

    /** The topic is gone, or about to go: nothing of it is left to finish. */
    void forget(String topic) {
        finishing.keySet().removeIf(partition -> partition.topic().equals(topic));
    }

    /**
     * Writes these assignments down and begins to bring them about.
     *
     * @return the partitions for which that failed, and why
     */
    CompletableFuture<Map<TopicPartition, ApiException>> begin(Map<TopicPartition, ReplicaAssignment> changes) {
        Map<TopicPartition, ApiException> failures = new TreeMap<>();
        Map<TopicPartition, List<Integer>> dropped = new TreeMap<>();
        Outgoing outgoing = newOutgoing();
        changes.keySet().forEach(finishing::remove);
        return Gather.each(topicsOf(changes.keySet()), topic -> assign(topic, changes, dropped, failures))
                .thenCompose(done -> Gather.each(dropped.entrySet(), each -> {
                    PartitionState partition = find(each.getKey());
                    return reported(partition, advance(partition, each.getValue(), outgoing), failures);
                }))
                .thenApply(done -> {
                    send(outgoing);
                    return failures;
                });
    }

    /** Does the phase that is due, of partitions that are being reassigned. */
    CompletableFuture<Void> advance(Collection<PartitionState> partitions) {
        Outgoing outgoing = newOutgoing();
        Map<TopicPartition, ApiException> failures = new TreeMap<>();
        return Gather.each(
                        partitions, partition -> reported(partition, advance(partition, List.of(), outgoing), failures))
                .thenAccept(done -> send(outgoing));
    }

    boolean isComplete(PartitionState partition) {
        PartitionStateNode state = partition.state();
        return state != null
                && ReassignedState.isComplete(
                        partition.assignment(), state.isr(), id -> cluster().isOnline(id, partition.id()));
    }

    private ClusterState cluster() {
        return context.cluster();
    }

    private Outgoing newOutgoing() {
        return new Outgoing(context.newBatch(), context.newBatch(), new TreeMap<>());
    }

    private static Set<String> topicsOf(Collection<TopicPartition> partitions) {
        Set<String> topics = new LinkedHashSet<>();
        partitions.forEach(partition -> topics.add(partition.topic()));
        return topics;
    }

    private PartitionState find(TopicPartition id) {
        return new ReassignmentPlan(cluster()).partition(id);
    }

    /** Gives the topic's node the new assignments of its partitions, one write for all of them. */
    private CompletableFuture<Void> assign(
            String name,
            Map<TopicPartition, ReplicaAssignment> changes,
            Map<TopicPartition, List<Integer>> dropped,
            Map<TopicPartition, ApiException> failures) {
        TopicNode node = nodeOf(name);
        Map<TopicPartition, ReplicaAssignment> changed = new TreeMap<>();
        changes.forEach((id, next) -> {
            if (id.topic().equals(name)) {
                changed.put(id, next);
                node.partitions().put(id.partition(), next);
            }
        });
        return writeTopic(name, node)
                .thenRun(() -> changed.forEach((id, next) -> {
                    PartitionState partition = find(id);
                    List<Integer> before =
                            new ArrayList<>(partition.assignment().replicas());
                    LOG.info("{}: from replicas {} to {}", id, before, next.target());
                    partition.assign(next);
                    before.removeAll(next.replicas());
                    dropped.put(id, before);
                }))
                .exceptionallyCompose(failure -> {
                    if (!ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)) {
                        return CompletableFuture.failedFuture(failure);
                    }
                    changed.keySet()
                            .forEach(id -> failures.put(
                                    id,
                                    new ApiException(
                                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic's znode is gone.")));
                    return CompletableFuture.completedFuture(null);
                });
    }

    /** What the topic's node holds, reassignments that are being finished included. */
    private TopicNode nodeOf(String topic) {
        TopicState state = cluster().topic(topic);
        if (state == null) {
            throw new IllegalStateException("topic " + topic + " is gone in the midst of an event");
        }
        TopicNode node = state.toNode();
        finishing.forEach((id, full) -> {
            if (id.topic().equals(topic)) {
                node.partitions().put(id.partition(), full);
            }
        });
        return node;
    }

    private CompletableFuture<Void> writeTopic(String name, TopicNode node) {
        return context.writer()
                .write(List.of(WriteOperation.set(TopicNode.path(name), node.encode(), ZooKeeperSession.ANY_VERSION)))
                .thenApply(done -> null);
    }

    /**
     * Leaves the partition to its target if that is in sync, else tells all replicas that it is being reassigned.
     *
     * @param dropped replicas that are no longer part of the assignment, to be deleted at once
     */
    private CompletableFuture<Void> advance(PartitionState partition, List<Integer> dropped, Outgoing outgoing) {
        PartitionStateNode state = partition.state();
        if (state == null) {
            return context.partitions()
                    .initialize(List.of(partition), outgoing.updates)
                    .thenCompose(done -> partition.state() == null
                            ? CompletableFuture.completedFuture(null)
                            : advance(partition, dropped, outgoing));
        }
        ReplicaAssignment assignment = partition.assignment();
        IntPredicate online = id -> cluster().isOnline(id, partition.id());
        boolean complete = ReassignedState.isComplete(assignment, state.isr(), online);
        List<Integer> staying = complete ? assignment.target() : assignment.replicas();
        PartitionStateNode next = ReassignedState.leftTo(
                staying, state, online, context.writer().term().epoch());
        return write(partition, next).thenRun(() -> {
            List<Integer> leaving = new ArrayList<>(dropped);
            if (complete) {
                leaving.addAll(assignment.removing());
                partition.assign(ReplicaAssignment.of(assignment.target()));
                finishing.put(partition.id(), assignment);
                outgoing.completed.put(partition.id(), assignment);
            }
            announce(partition, assignment.adding(), outgoing.updates);
            leaving.forEach(replica -> outgoing.stops.deleteReplica(replica, partition.id(), next.leaderEpoch()));
        });
    }

    private CompletableFuture<Void> write(PartitionState partition, PartitionStateNode next) {
        WriteOperation set =
                WriteOperation.set(PartitionStateNode.path(partition.id()), next.encode(), partition.stateVersion());
        return context.writer().write(List.of(set)).thenAccept(results -> {
            partition.onState(
                    next, ((WriteResult.Changed) results.get(0)).stat().version());
            partition.become(
                    next.leader() == PartitionStateNode.NO_LEADER ? PartitionStatus.OFFLINE : PartitionStatus.ONLINE);
        });
    }

    private void announce(PartitionState partition, List<Integer> adding, UpdateBatch batch) {
        context.partitions().announce(partition, batch);
        for (int replica : adding) {
            if (partition.assignment().replicas().contains(replica) && cluster().broker(replica) != null) {
                batch.newReplica(replica, partition.update());
            }
        }
    }

    private void send(Outgoing outgoing) {
        var unused = context.send(outgoing.updates);
        var unusedStops = context.send(outgoing.stops).thenAccept(answers -> {
            if (!outgoing.completed.isEmpty()) {
                context.submit("finish reassignments", () -> finish(outgoing.completed));
            }
        });
    }

    /** The removed replicas are deleted, or their brokers have gone: the topics' nodes are given the targets alone. */
    @SuppressWarnings("ReferenceEquality") // A later reassignment of the partition is another one, even if it is equal.
    private CompletableFuture<Void> finish(Map<TopicPartition, ReplicaAssignment> completed) {
        Set<String> changed = new LinkedHashSet<>();
        List<TopicPartition> finished = new ArrayList<>();
        completed.forEach((id, full) -> {
            if (finishing.get(id) != full) {
                return;
            }
            finishing.remove(id);
            TopicState topic = cluster().topic(id.topic());
            if (topic != null && !topic.isDeleting()) {
                finished.add(id);
                LOG.info("{}: reassigned to replicas {}", id, full.target());
                if (full.isBeingReassigned()) {
                    changed.add(id.topic());
                }
            }
        });
        return Gather.each(changed, topic -> writeTopic(topic, nodeOf(topic))
                        .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                                ? CompletableFuture.completedFuture(null)
                                : CompletableFuture.failedFuture(failure)))
                .thenRun(() -> onFinished.accept(finished));
    }

    /** One partition's trouble does not stop the others; it is tried again when its ISR changes or a broker comes. */
    private static CompletableFuture<Void> reported(
            PartitionState partition, CompletableFuture<Void> step, Map<TopicPartition, ApiException> failures) {
        return step.exceptionallyCompose(failure -> {
            boolean own = ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION)
                    || ZooKeeperException.is(failure, ZooKeeperError.NO_NODE);
            if (!own) {
                return CompletableFuture.failedFuture(failure);
            }
            LOG.error("The state of {} was changed by somebody else; it cannot be reassigned", partition.id(), failure);
            failures.put(
                    partition.id(),
                    new ApiException(
                            ErrorCode.UNKNOWN_SERVER_ERROR, "The partition's state was changed by somebody else."));
            return CompletableFuture.completedFuture(null);
        });
    }
}
