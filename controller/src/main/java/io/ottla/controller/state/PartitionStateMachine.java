package io.ottla.controller.state;

import io.ottla.controller.election.FencedWriter;
import io.ottla.controller.event.Gather;
import io.ottla.controller.propagation.PartitionUpdate;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.StateWriter.Change;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.WriteResult;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.protocol.api.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings partitions online, chooses leaders, and takes absent replicas out of the ISR. Confined to the controller's
 * executor, inside one event at a time. Many partitions are written together; one that somebody else has changed is
 * decided anew on what is there now, and left alone with a word in the log if that goes on.
 */
public final class PartitionStateMachine {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionStateMachine.class);
    private static final byte[] EMPTY = new byte[0];
    private static final int ATTEMPTS = 3;
    private static final int NAMED_IN_LOG = 10;

    private final ClusterState cluster;
    private final FencedWriter writer;
    private final StateWriter states;
    private final Function<String, CompletableFuture<Boolean>> uncleanAllowed;

    /** What a partition is to become; empty to leave it as it is. Asked again when the state has changed meanwhile. */
    @FunctionalInterface
    private interface Decision {
        Optional<PartitionStateNode> on(PartitionState partition, Electorate voters);
    }

    /**
     * Works on this state.
     *
     * @param uncleanAllowed whether a topic may be led by a replica that is out of sync
     */
    public PartitionStateMachine(
            ClusterState cluster, FencedWriter writer, Function<String, CompletableFuture<Boolean>> uncleanAllowed) {
        this.cluster = cluster;
        this.writer = writer;
        this.states = new StateWriter(writer);
        this.uncleanAllowed = uncleanAllowed;
    }

    private int epoch() {
        return writer.term().epoch();
    }

    /** The state that a new partition starts with, empty if none of its replicas is online. */
    public Optional<PartitionStateNode> firstState(List<Integer> replicas) {
        return Electorate.firstState(replicas, cluster::isAvailable, epoch());
    }

    /** Gives each partition its first state, if one of its replicas is online. */
    public CompletableFuture<Void> initialize(Collection<PartitionState> partitions, UpdateBatch batch) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (PartitionState partition : partitions) {
            List<Integer> replicas = partition.assignment().replicas();
            Optional<PartitionStateNode> first = Electorate.firstState(replicas, online(partition), epoch());
            if (first.isPresent()) {
                all.add(createState(partition, first.get())
                        .thenRun(() -> onFirstState(partition, first.get(), 0, batch))
                        .exceptionallyCompose(failure -> leftAlone(partition, failure)));
            } else {
                LOG.warn("No replica of new partition {} on brokers {} is live", partition.id(), replicas);
            }
        }
        return Gather.all(all).thenApply(done -> null);
    }

    private IntPredicate online(PartitionState partition) {
        return replica -> cluster.isOnline(replica, partition.id());
    }

    /** The first state of a partition has been written. */
    public void onFirstState(PartitionState partition, PartitionStateNode first, int version, UpdateBatch batch) {
        partition.onState(first, version);
        partition.become(PartitionStatus.ONLINE);
        PartitionUpdate update = partition.update();
        batch.metadata(update);
        for (int replica : partition.assignment().replicas()) {
            if (cluster.broker(replica) != null) {
                partition.replicaBecomes(replica, ReplicaStatus.ONLINE);
                batch.newReplica(replica, update);
            } else {
                partition.replicaBecomes(replica, ReplicaStatus.OFFLINE);
            }
        }
    }

    /** Creates the state's znode and those of its parents that are missing. */
    private CompletableFuture<Void> createState(PartitionState partition, PartitionStateNode first) {
        WriteOperation state = WriteOperation.create(PartitionStateNode.path(partition.id()), first.encode());
        WriteOperation parent = WriteOperation.create(PartitionStateNode.partitionPath(partition.id()), EMPTY);
        WriteOperation root = WriteOperation.create(
                PartitionStateNode.partitionsPath(partition.id().topic()), EMPTY);
        return ignoringExistence(writer.write(List.of(root)))
                .thenCompose(done -> ignoringExistence(writer.write(List.of(parent))))
                .thenCompose(done -> writer.write(List.of(state)))
                .thenApply(done -> null);
    }

    private static CompletableFuture<List<WriteResult>> ignoringExistence(CompletableFuture<List<WriteResult>> write) {
        return write.exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS)
                ? CompletableFuture.completedFuture(List.of())
                : CompletableFuture.failedFuture(failure));
    }

    private static CompletableFuture<Void> leftAlone(PartitionState partition, Throwable failure) {
        boolean own = ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                || ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS);
        if (!own) {
            return CompletableFuture.failedFuture(failure);
        }
        LOG.error("The first state of {} was written by somebody else; it is left alone", partition.id(), failure);
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Chooses a leader for each partition whose leader is gone: a complete replica, or any where the topic allows it. One
     * without a candidate goes offline.
     */
    public CompletableFuture<Void> electLeaders(Collection<PartitionState> partitions, UpdateBatch batch) {
        Set<String> lost = new HashSet<>();
        for (PartitionState partition : partitions) {
            Optional<Electorate> voters = voters(partition);
            if (voters.isPresent()
                    && LeaderElection.OFFLINE.choose(voters.get(), epoch()).isEmpty()) {
                lost.add(partition.id().topic());
            }
        }
        return uncleanTopics(lost)
                .thenCompose(
                        unclean -> change(partitions, (partition, voters) -> afterLoss(partition, voters, unclean)))
                .thenAccept(written -> {
                    partitions.forEach(partition -> settle(partition, written.contains(partition.id()), batch));
                    warnIfOffline(partitions, written);
                });
    }

    private static void warnIfOffline(Collection<PartitionState> partitions, Set<TopicPartition> written) {
        List<PartitionState> offline = partitions.stream()
                .filter(partition -> written.contains(partition.id()) && partition.status() == PartitionStatus.OFFLINE)
                .toList();
        if (!offline.isEmpty()) {
            LOG.warn(
                    "{} partitions are offline, for none of their in-sync replicas is available: {}",
                    offline.size(),
                    offline.stream()
                            .limit(NAMED_IN_LOG)
                            .map(partition -> partition.id() + " "
                                    + partition.update().state().isr())
                            .collect(Collectors.joining(", ", "", offline.size() > NAMED_IN_LOG ? ", ..." : "")));
        }
    }

    private CompletableFuture<Map<String, Boolean>> uncleanTopics(Set<String> topics) {
        List<String> asked = List.copyOf(topics);
        return Gather.each(asked, uncleanAllowed).thenApply(answers -> {
            Map<String, Boolean> allowed = new HashMap<>();
            for (int i = 0; i < asked.size(); i++) {
                allowed.put(asked.get(i), answers.get(i));
            }
            return allowed;
        });
    }

    private Optional<PartitionStateNode> afterLoss(
            PartitionState partition, Electorate voters, Map<String, Boolean> unclean) {
        boolean allowed = unclean.getOrDefault(partition.id().topic(), false);
        Optional<PartitionStateNode> next =
                (allowed ? LeaderElection.UNCLEAN : LeaderElection.OFFLINE).choose(voters, epoch());
        if (next.isPresent()) {
            warnIfUnclean(partition, voters.current(), next.get());
            return next;
        }
        if (partition.leader() == PartitionStateNode.NO_LEADER) {
            return Optional.empty();
        }
        return Optional.of(voters.leaderless(epoch()));
    }

    private static void warnIfUnclean(PartitionState partition, PartitionStateNode current, PartitionStateNode next) {
        if (!current.isr().contains(next.leader())) {
            LOG.warn(
                    "Unclean election: broker {} leads {} although only {} were in sync; records may be lost",
                    next.leader(),
                    partition.id(),
                    current.isr());
        }
    }

    /** A partition is online as long as its leader serves it. */
    private void settle(PartitionState partition, boolean changed, UpdateBatch batch) {
        if (partition.state() == null) {
            return;
        }
        boolean led = cluster.isServing(partition.leader(), partition.id());
        partition.become(led ? PartitionStatus.ONLINE : PartitionStatus.OFFLINE);
        if (led || changed) {
            announce(partition, batch);
        } else {
            batch.metadata(partition.update());
        }
    }

    /**
     * Hands leadership over by this rule, where somebody qualifies.
     *
     * @return the partitions that nobody qualified for, left as they were
     */
    public CompletableFuture<List<PartitionState>> handOver(
            Collection<PartitionState> partitions, LeaderElection rule, UpdateBatch batch) {
        return change(partitions, (partition, voters) -> {
                    Optional<PartitionStateNode> next = rule.choose(voters, epoch());
                    next.ifPresent(chosen -> warnIfUnclean(partition, voters.current(), chosen));
                    return next;
                })
                .thenApply(written -> {
                    List<PartitionState> unelected = new ArrayList<>();
                    for (PartitionState partition : partitions) {
                        if (written.contains(partition.id())) {
                            settle(partition, true, batch);
                        } else {
                            unelected.add(partition);
                        }
                    }
                    return unelected;
                });
    }

    /** Takes absent replicas out of the ISR of partitions whose leader serves them. */
    public CompletableFuture<Void> shrinkIsr(Collection<PartitionState> partitions, UpdateBatch batch) {
        return change(
                        partitions,
                        (partition, voters) -> cluster.isServing(partition.leader(), partition.id())
                                ? voters.shrunk(epoch())
                                : Optional.empty())
                .thenAccept(written -> announceWritten(partitions, written, batch));
    }

    /** Raises the leader epoch, so that everybody takes over a state that somebody else has written. */
    public CompletableFuture<Void> renew(Collection<PartitionState> partitions, UpdateBatch batch) {
        return change(
                        partitions,
                        (partition, voters) ->
                                Optional.of(voters.handOver(voters.current().leader(), epoch())))
                .thenAccept(written -> announceWritten(partitions, written, batch));
    }

    private void announceWritten(
            Collection<PartitionState> partitions, Set<TopicPartition> written, UpdateBatch batch) {
        partitions.stream()
                .filter(partition -> written.contains(partition.id()))
                .forEach(partition -> announce(partition, batch));
    }

    /**
     * Writes the states that leaders ask for (AlterPartition): leader and leader epoch are those of now.
     *
     * @return the partitions that somebody else had changed; they hold what was read instead
     */
    public CompletableFuture<List<PartitionState>> alter(Map<PartitionState, PartitionStateNode> wanted) {
        List<Change> changes = new ArrayList<>();
        wanted.forEach((partition, next) -> changes.add(new Change(partition, next)));
        return states.write(changes)
                .thenApply(refused -> refused.stream().map(Change::partition).toList());
    }

    /** Tells all brokers of the partition, and its replicas what to be. */
    public void announce(PartitionState partition, UpdateBatch batch) {
        PartitionUpdate update = partition.update();
        batch.metadata(update);
        for (int replica : partition.assignment().replicas()) {
            if (cluster.isServing(replica, partition.id()) && !hasStopped(partition, replica)) {
                partition.replicaBecomes(replica, ReplicaStatus.ONLINE);
                batch.leaderAndIsr(replica, update);
            } else if (cluster.isAvailable(replica) && update.state().leader() >= 0) {
                // A replica that had nothing to lead with can copy from this leader; its answer says whether it does.
                batch.leaderAndIsr(replica, update);
            }
        }
    }

    /** A follower on a broker that shuts down follows no more. */
    private boolean hasStopped(PartitionState partition, int replica) {
        return cluster.isShuttingDown(replica) && partition.replica(replica) == ReplicaStatus.OFFLINE;
    }

    private Optional<Electorate> voters(PartitionState partition) {
        PartitionStateNode current = partition.state();
        return current == null
                ? Optional.empty()
                : Optional.of(new Electorate(
                        partition.assignment(),
                        current,
                        online(partition),
                        replica -> !partition.isReturned(replica),
                        replica -> cluster.isLastResort(replica, partition.id())));
    }

    /** Writes what is decided, and decides again where somebody else was faster. Returns the partitions written. */
    private CompletableFuture<Set<TopicPartition>> change(Collection<PartitionState> partitions, Decision decision) {
        return change(partitions, decision, ATTEMPTS, new HashSet<>());
    }

    private CompletableFuture<Set<TopicPartition>> change(
            Collection<PartitionState> partitions, Decision decision, int attempts, Set<TopicPartition> written) {
        List<Change> changes = new ArrayList<>();
        for (PartitionState partition : partitions) {
            voters(partition)
                    .flatMap(voters -> decision.on(partition, voters))
                    .ifPresent(next -> changes.add(new Change(partition, next)));
        }
        if (changes.isEmpty()) {
            return CompletableFuture.completedFuture(written);
        }
        return states.write(changes).thenCompose(refused -> {
            changes.forEach(change -> written.add(change.partition().id()));
            List<PartitionState> again = refused.stream().map(Change::partition).toList();
            again.forEach(partition -> written.remove(partition.id()));
            if (attempts > 1) {
                return change(again, decision, attempts - 1, written);
            }
            again.forEach(partition ->
                    LOG.error("The state of {} is being changed by somebody else; it is left alone", partition.id()));
            return CompletableFuture.completedFuture(written);
        });
    }
}
