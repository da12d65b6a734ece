package io.ottla.controller;

import io.ottla.controller.propagation.BrokerListener;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.state.ClusterLoader;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.PartitionStatus;
import io.ottla.controller.state.ReplicaStatus;
import io.ottla.controller.zk.NodeStat;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerIdNode;
import io.ottla.controller.znode.ControllerNode;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brokers that come, go and die. Confined to the controller's executor; lasts for one term.
 *
 * <p>A broker lives as long as its registration. That of a process that is dead would last until its ZooKeeper session times
 * out; the controller removes it as soon as the broker's host refuses connections, and what follows is the same as for
 * every broker that goes. A broker that lives on nevertheless registers again; if it is refused again before it has answered
 * anything, something else than death is the cause, and its session decides.
 *
 * <p>Apache Kafka's brokers register before they listen, and never again: one that has not been heard of yet is not taken for dead
 * while it may be starting.
 */
final class BrokerEvents implements BrokerListener {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerEvents.class);
    /** How long a broker may take from its registration until it listens. */
    private static final long STARTING_MS = 5_000;
    /** How long a new controller waits for signs of life, and only where they matter. */
    private static final long SIGNS_MS = 1_000;

    private final Office office;
    private final ClusterLoader loader;
    private final TopicDeletion deletion;
    private final ReplicationAdvice advice;
    private final ClusterEvents cluster;
    /** Brokers whose registration was removed and who have not been heard of since. */
    private final Set<Integer> buried = new HashSet<>();
    /** Registrations, by broker epoch, that nothing more is to be done about. */
    private final Set<Long> judged = new HashSet<>();
    /** Registrations, by broker epoch, that have answered anything. */
    private final Set<Long> heard = new HashSet<>();
    /** Registrations, by broker epoch, whose host refuses connections. */
    private final Set<Long> refused = new HashSet<>();
    /** When a registration that was never heard of was refused first, by broker epoch. */
    private final Map<Long, Long> refusedSinceNs = new HashMap<>();

    private @Nullable CompletableFuture<Void> signs;
    private boolean brokersPending;

    BrokerEvents(
            Office office,
            ClusterLoader loader,
            TopicDeletion deletion,
            ReplicationAdvice advice,
            ClusterEvents cluster) {
        this.office = office;
        this.loader = loader;
        this.deletion = deletion;
        this.advice = advice;
        this.cluster = cluster;
    }

    private ClusterState cluster() {
        return office.cluster();
    }

    /** Reads the live brokers, watches them, and opens queues to them. */
    CompletableFuture<Void> load() {
        return readBrokers().thenAccept(brokers -> brokers.forEach(this::admit));
    }

    private void admit(LiveBroker broker) {
        cluster().putBroker(broker);
        office.senders().add(broker);
    }

    private CompletableFuture<List<LiveBroker>> readBrokers() {
        return loader.brokers(event -> brokersChanged(), event -> brokersChanged());
    }

    private void brokersChanged() {
        if (!cluster.isOver() && !brokersPending) {
            brokersPending = true;
            cluster.submit("brokers changed", () -> {
                brokersPending = false;
                return compare();
            });
        }
    }

    private CompletableFuture<Void> compare() {
        return readBrokers().thenCompose(this::onBrokers);
    }

    @Override
    public void onAnswer(LiveBroker broker, ApiMessage request, ApiMessage response) {
        buried.remove(broker.id());
        judged.remove(broker.epoch());
        heard.add(broker.epoch());
        refused.remove(broker.epoch());
        refusedSinceNs.remove(broker.epoch());
        reviewSigns();
    }

    @Override
    public void onRefused(LiveBroker broker) {
        refused.add(broker.epoch());
        reviewSigns();
        if (cluster.isOver() || !judged.add(broker.epoch())) {
            return;
        }
        if (buried.contains(broker.id())) {
            LOG.warn(
                    "Broker {} has registered again, yet its host still refuses connections; its ZooKeeper session decides"
                            + " whether it lives",
                    broker.id());
            return;
        }
        cluster.submit("broker refused", () -> bury(broker));
    }

    /**
     * Completes when each registered broker has shown whether it is alive, by an answer or a refused connection, or after
     * {@value #SIGNS_MS} ms: a host that is cut off shows neither.
     */
    CompletableFuture<Void> signs() {
        CompletableFuture<Void> all = new CompletableFuture<>();
        signs = all;
        var unused = office.writer()
                .session()
                .executor()
                .schedule(() -> all.complete(null), SIGNS_MS, TimeUnit.MILLISECONDS);
        reviewSigns();
        return all;
    }

    private void reviewSigns() {
        CompletableFuture<Void> awaited = signs;
        if (awaited != null
                && cluster().brokers().stream()
                        .allMatch(broker -> heard.contains(broker.epoch()) || refused.contains(broker.epoch()))) {
            signs = null;
            awaited.complete(null);
        }
    }

    /** Brokers that are registered although their hosts refuse connections. */
    Set<Integer> dead() {
        Set<Integer> ids = new HashSet<>();
        for (LiveBroker broker : cluster().brokers()) {
            if (refused.contains(broker.epoch())) {
                ids.add(broker.id());
            }
        }
        return ids;
    }

    /** Removes this very registration, if it is still there, and acts on its absence. */
    private CompletableFuture<Void> bury(LiveBroker broker) {
        String path = BrokerIdNode.path(broker.id());
        ZooKeeperSession session = office.writer().session();
        CompletableFuture<Optional<NodeStat>> election = session.exists(ControllerNode.PATH);
        return session.exists(path)
                .thenCompose(stat -> election.thenCompose(elected -> {
                    if (stat.isEmpty() || stat.get().czxid() != broker.epoch()) {
                        return CompletableFuture.<Void>completedFuture(null);
                    }
                    if (mayBeStarting(broker, stat.get(), elected)) {
                        judged.remove(broker.epoch());
                        return CompletableFuture.<Void>completedFuture(null);
                    }
                    return bury(broker, path, stat.get().version());
                }));
    }

    /** By ZooKeeper's clock for what was there when this controller was elected, by its own for what came later. */
    private boolean mayBeStarting(LiveBroker broker, NodeStat registration, Optional<NodeStat> election) {
        if (heard.contains(broker.epoch())) {
            return false;
        }
        long nowNs = office.writer().session().executor().ticker().nanoTime();
        long sinceNs = refusedSinceNs.computeIfAbsent(broker.epoch(), epoch -> nowNs);
        long ageMs = election.isPresent() ? election.get().createdAtMs() - registration.createdAtMs() : 0;
        return Math.max(0, ageMs) + TimeUnit.NANOSECONDS.toMillis(nowNs - sinceNs) < STARTING_MS;
    }

    private CompletableFuture<Void> bury(LiveBroker broker, String path, int version) {
        LOG.warn(
                "Broker {} is dead: its host refuses connections; removing its registration of epoch {}",
                broker.id(),
                broker.epoch());
        buried.add(broker.id());
        return office.writer()
                .write(List.of(WriteOperation.delete(path, version)))
                .handle((done, failure) -> failure)
                .thenCompose(failure -> failure == null
                                || ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                                || ZooKeeperException.is(failure, ZooKeeperError.BAD_VERSION)
                        ? compare()
                        : CompletableFuture.failedFuture(failure));
    }

    /** Acts on the difference between the brokers known and those registered now. */
    private CompletableFuture<Void> onBrokers(List<LiveBroker> registered) {
        Map<Integer, LiveBroker> now = new HashMap<>();
        registered.forEach(broker -> now.put(broker.id(), broker));
        List<Integer> gone = new ArrayList<>();
        List<LiveBroker> come = new ArrayList<>();
        boolean changed = false;
        for (LiveBroker known : List.copyOf(cluster().brokers())) {
            LiveBroker current = now.get(known.id());
            if (current == null || current.epoch() != known.epoch()) {
                gone.add(known.id());
                judged.remove(known.epoch());
                heard.remove(known.epoch());
                refused.remove(known.epoch());
                refusedSinceNs.remove(known.epoch());
            } else if (!current.node().equals(known.node())) {
                cluster().putBroker(current);
                changed = true;
            }
        }
        for (LiveBroker broker : registered) {
            LiveBroker known = cluster().broker(broker.id());
            if (known == null || known.epoch() != broker.epoch()) {
                come.add(broker);
            }
        }
        if (changed) {
            UpdateBatch batch = office.newBatch();
            batch.liveBrokers();
            cluster.propagate(batch);
        }
        return onGone(gone).thenCompose(done -> onCome(come));
    }

    private CompletableFuture<Void> onGone(List<Integer> gone) {
        if (gone.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        LOG.info("Brokers {} have gone", gone);
        for (int id : gone) {
            cluster().removeBroker(id);
            office.senders().remove(id);
        }
        UpdateBatch batch = office.newBatch();
        batch.liveBrokers();
        List<PartitionState> unled = new ArrayList<>();
        List<PartitionState> led = new ArrayList<>();
        for (PartitionState partition : cluster().partitions()) {
            boolean touched = false;
            for (int id : gone) {
                if (partition.assignment().replicas().contains(id)) {
                    partition.replicaBecomes(id, ReplicaStatus.OFFLINE);
                    touched = true;
                }
            }
            if (gone.contains(partition.leader())) {
                unled.add(partition);
            } else if (touched && partition.state() != null) {
                led.add(partition);
                batch.metadata(partition.update());
            }
        }
        unled.forEach(partition -> {
            partition.become(PartitionStatus.OFFLINE);
            // Where nobody can lead now, nobody knows with what they come back.
            partition.onAway(Set.copyOf(gone));
        });
        CompletableFuture<Void> elected = office.partitions().electLeaders(unled, batch);
        return office.partitions()
                .shrinkIsr(led, batch)
                .thenCompose(done -> elected)
                .thenAccept(done -> cluster.propagate(batch));
    }

    private CompletableFuture<Void> onCome(List<LiveBroker> come) {
        if (come.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<Integer> ids = come.stream().map(LiveBroker::id).toList();
        LOG.info("Brokers {} have come", ids);
        come.forEach(this::admit);
        UpdateBatch batch = office.newBatch();
        List<PartitionState> unled = new ArrayList<>();
        List<PartitionState> fresh = new ArrayList<>();
        for (PartitionState partition : cluster().partitions()) {
            if (partition.status() == PartitionStatus.OFFLINE) {
                unled.add(partition);
            } else if (partition.status() == PartitionStatus.NEW) {
                fresh.add(partition);
            }
        }
        return office.partitions()
                .electLeaders(unled, batch)
                .thenCompose(done -> office.partitions().initialize(fresh, batch))
                .thenAccept(done -> greet(ids, batch))
                .thenCompose(done -> cluster.reassignments().resume(Set.copyOf(ids)))
                .thenRun(() -> {
                    deletion.resume();
                    advice.afterArrival();
                });
    }

    /** Those who have come are told everything, the others what has changed. */
    private void greet(List<Integer> ids, UpdateBatch batch) {
        UpdateBatch greeting = office.newBatch();
        greeting.metadataTo(ids);
        greeting.liveBrokers();
        batch.liveBrokers();
        for (PartitionState partition : cluster().partitions()) {
            if (partition.state() != null) {
                greeting.metadata(partition.update());
                greet(partition, ids, batch);
            }
        }
        cluster.propagate(greeting);
        cluster.propagate(batch);
    }

    private static void greet(PartitionState partition, List<Integer> ids, UpdateBatch batch) {
        for (int id : ids) {
            if (partition.assignment().replicas().contains(id)) {
                partition.replicaBecomes(id, ReplicaStatus.ONLINE);
                batch.leaderAndIsr(id, partition.update());
                batch.metadata(partition.update());
            }
        }
    }
}
