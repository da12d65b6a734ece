package io.ottla.controller;

import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.LeaderElection;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.MalformedNodeException;
import io.ottla.controller.znode.PreferredElectionNode;
import io.ottla.protocol.api.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elections that nobody's absence has caused: by {@code /admin/preferred_replica_election}, as tools of old ask, and by
 * {@code auto.leader.rebalance.enable}. Confined to the controller's executor; lasts for one term.
 */
final class LeaderElections {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderElections.class);
    private static final long FIRST_REBALANCE_MS = 5_000;

    private final Office office;
    private final LeaderRebalance rebalance;
    private final ClusterEvents cluster;

    LeaderElections(Office office, LeaderRebalance rebalance, ClusterEvents cluster) {
        this.office = office;
        this.rebalance = rebalance;
        this.cluster = cluster;
    }

    private ClusterState cluster() {
        return office.cluster();
    }

    private ZooKeeperSession session() {
        return office.writer().session();
    }

    /** Serves what is asked for already, and watches and waits from now on. */
    CompletableFuture<Void> begin() {
        if (rebalance.enabled()) {
            scheduleRebalance(Math.min(FIRST_REBALANCE_MS, rebalance.intervalMs()));
        }
        return serveRequest();
    }

    private void scheduleRebalance(long delayMs) {
        var unused = session()
                .executor()
                .schedule(
                        () -> {
                            if (!cluster.isOver()) {
                                cluster.submit("leader rebalance", this::restoreBalance);
                                scheduleRebalance(rebalance.intervalMs());
                            }
                        },
                        delayMs,
                        TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<Void> serveRequest() {
        return session()
                .get(PreferredElectionNode.PATH, event -> {
                    if (!cluster.isOver()) {
                        cluster.submit("preferred replica election", this::serveRequest);
                    }
                })
                .thenCompose(node -> node.isEmpty() ? CompletableFuture.completedFuture(null) : serve(node.get()));
    }

    private CompletableFuture<Void> serve(Node node) {
        List<PartitionState> wanted = new ArrayList<>();
        try {
            for (TopicPartition id : PreferredElectionNode.decode(node.data())) {
                find(id).filter(partition -> !isPreferredLeading(partition)).ifPresent(wanted::add);
            }
        } catch (MalformedNodeException e) {
            LOG.warn("Removing a request for elections that cannot be read", e);
        }
        return electPreferred(wanted).thenCompose(done -> removeRequest());
    }

    private Optional<PartitionState> find(TopicPartition id) {
        TopicState topic = cluster().topic(id.topic());
        return topic == null || topic.isDeleting()
                ? Optional.empty()
                : Optional.ofNullable(topic.partition(id.partition()));
    }

    private CompletableFuture<Void> removeRequest() {
        return office.writer()
                .write(List.of(WriteOperation.delete(PreferredElectionNode.PATH, ZooKeeperSession.ANY_VERSION)))
                .<Void>thenApply(done -> null)
                .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Void> electPreferred(List<PartitionState> partitions) {
        if (partitions.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        UpdateBatch batch = office.newBatch();
        return office.partitions()
                .handOver(partitions, LeaderElection.PREFERRED, batch)
                .thenAccept(unelected -> {
                    LOG.info(
                            "Leadership of {} partitions has returned to their preferred replicas",
                            partitions.size() - unelected.size());
                    cluster.propagate(batch);
                });
    }

    static boolean isPreferredLeading(PartitionState partition) {
        return partition.leader() == preferred(partition);
    }

    private static int preferred(PartitionState partition) {
        return partition.assignment().replicas().get(0);
    }

    /** Looks at each broker's share; nothing moves while replicas do, for they would not stay anyway. */
    private CompletableFuture<Void> restoreBalance() {
        Map<Integer, List<PartitionState>> byPreferred = new TreeMap<>();
        for (PartitionState partition : cluster().partitions()) {
            if (partition.assignment().isBeingReassigned()) {
                return CompletableFuture.completedFuture(null);
            }
            if (partition.state() != null) {
                byPreferred
                        .computeIfAbsent(preferred(partition), id -> new ArrayList<>())
                        .add(partition);
            }
        }
        List<PartitionState> moving = new ArrayList<>();
        byPreferred.forEach((broker, partitions) -> {
            List<PartitionState> elsewhere = partitions.stream()
                    .filter(partition -> !isPreferredLeading(partition))
                    .toList();
            if (100L * elsewhere.size() > (long) rebalance.percentage() * partitions.size()) {
                elsewhere.stream()
                        .filter(partition -> canLead(broker, partition))
                        .forEach(moving::add);
            }
        });
        return electPreferred(moving);
    }

    private boolean canLead(int broker, PartitionState partition) {
        return cluster().isOnline(broker, partition.id())
                && partition.update().state().isr().contains(broker);
    }
}
