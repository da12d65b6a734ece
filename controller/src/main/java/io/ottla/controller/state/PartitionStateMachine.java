package io.ottla.controller.state;

import io.ottla.controller.election.FencedWriter;
import io.ottla.controller.event.Gather;
import io.ottla.controller.propagation.PartitionUpdate;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.WriteResult;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.znode.PartitionStateNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings partitions online, chooses leaders, and takes dead replicas out of the ISR. Confined to the controller's
 * executor, inside one event at a time. A partition that cannot be written is left as it was, and logged.
 */
public final class PartitionStateMachine {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionStateMachine.class);
    private static final byte[] EMPTY = new byte[0];

    private final ClusterState cluster;
    private final FencedWriter writer;
    private final Function<String, CompletableFuture<Boolean>> uncleanAllowed;

    /**
     * Works on this state.
     *
     * @param uncleanAllowed whether a topic may be led by a replica that is out of sync
     */
    public PartitionStateMachine(
            ClusterState cluster, FencedWriter writer, Function<String, CompletableFuture<Boolean>> uncleanAllowed) {
        this.cluster = cluster;
        this.writer = writer;
        this.uncleanAllowed = uncleanAllowed;
    }

    /** The state that a partition starts with, empty if none of its replicas is live. */
    public Optional<PartitionStateNode> firstState(List<Integer> replicas) {
        return LeaderChoice.first(replicas, cluster.brokerIds(), epoch());
    }

    private int epoch() {
        return writer.term().epoch();
    }

    /** Gives each partition its first state, if one of its replicas is live. */
    public CompletableFuture<Void> initialize(Collection<PartitionState> partitions, UpdateBatch batch) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (PartitionState partition : partitions) {
            Optional<PartitionStateNode> first =
                    firstState(partition.assignment().replicas());
            if (first.isPresent()) {
                all.add(logged(
                        partition,
                        createState(partition, first.get())
                                .thenRun(() -> onFirstState(partition, first.get(), 0, batch))));
            } else {
                LOG.warn(
                        "No replica of new partition {} on brokers {} is live",
                        partition.id(),
                        partition.assignment().replicas());
            }
        }
        return Gather.all(all).thenApply(done -> null);
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

    /** Chooses a leader for each partition whose leader is not live; one without a candidate goes offline. */
    public CompletableFuture<Void> electLeaders(Collection<PartitionState> partitions, UpdateBatch batch) {
        return Gather.each(partitions, partition -> logged(partition, elect(partition, batch)))
                .thenApply(done -> null);
    }

    private CompletableFuture<Void> elect(PartitionState partition, UpdateBatch batch) {
        PartitionStateNode current = partition.state();
        if (current == null) {
            return CompletableFuture.completedFuture(null);
        }
        List<Integer> replicas = partition.assignment().replicas();
        Optional<PartitionStateNode> clean = LeaderChoice.clean(replicas, current, cluster.brokerIds(), epoch());
        if (clean.isPresent()) {
            return lead(partition, clean.get(), batch);
        }
        return uncleanAllowed.apply(partition.id().topic()).thenCompose(allowed -> {
            Optional<PartitionStateNode> unclean =
                    allowed ? LeaderChoice.unclean(replicas, current, cluster.brokerIds(), epoch()) : Optional.empty();
            unclean.ifPresent(chosen -> LOG.warn(
                    "Unclean election: broker {} leads {} although only {} were in sync; records may be lost",
                    chosen.leader(),
                    partition.id(),
                    current.isr()));
            return unclean.isPresent() ? lead(partition, unclean.get(), batch) : goOffline(partition, batch);
        });
    }

    private CompletableFuture<Void> lead(PartitionState partition, PartitionStateNode next, UpdateBatch batch) {
        return replace(partition, next).thenRun(() -> {
            partition.become(PartitionStatus.ONLINE);
            announce(partition, batch);
        });
    }

    private CompletableFuture<Void> goOffline(PartitionState partition, UpdateBatch batch) {
        partition.become(PartitionStatus.OFFLINE);
        if (partition.leader() == PartitionStateNode.NO_LEADER) {
            batch.metadata(partition.update());
            return CompletableFuture.completedFuture(null);
        }
        LOG.warn(
                "Partition {} is offline: none of its in-sync replicas {} is live",
                partition.id(),
                partition.update().state().isr());
        return replace(partition, LeaderChoice.none(partition.update().state(), epoch()))
                .thenRun(() -> announce(partition, batch));
    }

    /** Takes dead replicas out of the ISR of partitions whose leader lives. */
    public CompletableFuture<Void> shrinkIsr(Collection<PartitionState> partitions, UpdateBatch batch) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (PartitionState partition : partitions) {
            PartitionStateNode current = partition.state();
            if (current != null && cluster.broker(current.leader()) != null) {
                LeaderChoice.shrunk(current, cluster.brokerIds(), epoch())
                        .ifPresent(next -> all.add(
                                logged(partition, replace(partition, next).thenRun(() -> announce(partition, batch)))));
            }
        }
        return Gather.all(all).thenApply(done -> null);
    }

    /** Tells all brokers of the partition, and its live replicas what to be. */
    public void announce(PartitionState partition, UpdateBatch batch) {
        PartitionUpdate update = partition.update();
        batch.metadata(update);
        for (int replica : partition.assignment().replicas()) {
            if (cluster.broker(replica) != null) {
                partition.replicaBecomes(replica, ReplicaStatus.ONLINE);
                batch.leaderAndIsr(replica, update);
            }
        }
    }

    private CompletableFuture<Void> replace(PartitionState partition, PartitionStateNode next) {
        WriteOperation set =
                WriteOperation.set(PartitionStateNode.path(partition.id()), next.encode(), partition.stateVersion());
        return writer.write(List.of(set)).thenAccept(results -> {
            int version = ((WriteResult.Changed) results.get(0)).stat().version();
            partition.onState(next, version);
        });
    }

    /** One partition's trouble does not stop the others; losing the office or the session stops all. */
    private static CompletableFuture<Void> logged(PartitionState partition, CompletableFuture<Void> change) {
        return change.exceptionallyCompose(failure -> {
            boolean own = ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION)
                    || ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                    || ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS);
            if (!own) {
                return CompletableFuture.failedFuture(failure);
            }
            LOG.error(
                    "State of partition {} was changed by somebody else; it is left alone until it is read again",
                    partition.id(),
                    failure);
            return CompletableFuture.completedFuture(null);
        });
    }
}
