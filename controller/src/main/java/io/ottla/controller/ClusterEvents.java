package io.ottla.controller;

import io.ottla.controller.event.EventQueue;
import io.ottla.controller.propagation.BrokerAnswer;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.reassign.Reassignments;
import io.ottla.controller.state.ClusterLoader;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.PartitionStatus;
import io.ottla.controller.state.ReplicaStatus;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.FeatureNode;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrPartitionError;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrTopicError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a controller does when it takes office, and when brokers come and go. Confined to the controller's
 * executor; lasts for one term.
 *
 * <p>Every watch only says that something has changed: the event that follows reads what is there now, arms the watch
 * again, and acts on the difference.
 */
final class ClusterEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterEvents.class);

    private final Office office;
    private final ClusterLoader loader;
    private final EventQueue events;
    private final TopicDeletion deletion;
    private final TopicEvents topics;
    private final Reassignments reassignments;
    private final Runnable resign;

    private boolean brokersPending;
    private boolean over;

    ClusterEvents(Office office, EventQueue events, TopicDeletion deletion, Random random, Runnable resign) {
        this.office = office;
        this.loader = new ClusterLoader(office.writer().session());
        this.events = events;
        this.deletion = deletion;
        this.topics = new TopicEvents(office, loader, deletion, random, this);
        this.reassignments = new Reassignments(new ReassignmentTerm(office, this));
        deletion.afterwards(reassignments::forget);
        this.resign = resign;
    }

    private ClusterState cluster() {
        return office.cluster();
    }

    private ZooKeeperSession session() {
        return office.writer().session();
    }

    Reassignments reassignments() {
        return reassignments;
    }

    boolean isOver() {
        return over;
    }

    /** The term has ended; watches that still fire are ignored. */
    void end() {
        over = true;
    }

    /** Reads everything, then tells everybody. */
    CompletableFuture<Void> takeOffice() {
        return createFeatureNode()
                .thenCompose(done -> readBrokers())
                .thenAccept(brokers -> brokers.forEach(this::admit))
                .thenCompose(done -> topics.load())
                .thenCompose(loaded -> topics.readDeletions())
                .thenCompose(this::assumeState);
    }

    private CompletableFuture<Void> createFeatureNode() {
        return session()
                .exists(FeatureNode.PATH)
                .thenCompose(stat -> stat.isPresent()
                        ? CompletableFuture.completedFuture(null)
                        : session()
                                .create(FeatureNode.PATH, FeatureNode.initial().encode(), NodeKind.PERSISTENT)
                                .handle((created, failure) -> null));
    }

    private void admit(LiveBroker broker) {
        cluster().putBroker(broker);
        office.senders().add(broker);
    }

    private CompletableFuture<Void> assumeState(List<String> deletions) {
        UpdateBatch greeting = office.newBatch();
        greeting.liveBrokers();
        var unused = office.send(greeting);
        // What is to be deleted is led no more; its deletion begins when everything else is led.
        for (String name : deletions) {
            TopicState topic = cluster().topic(name);
            if (topic != null) {
                topic.beginDeletion();
            }
        }
        return bringUp(cluster().partitions())
                .thenCompose(done -> reassignments.takeOffice())
                .thenCompose(done -> topics.onDeletions(deletions))
                .thenRun(deletion::resume);
    }

    /** Finds the status of partitions that were read, gives them leaders where they lack one, and tells the brokers. */
    CompletableFuture<Void> bringUp(Collection<PartitionState> partitions) {
        UpdateBatch batch = office.newBatch();
        List<PartitionState> unled = new ArrayList<>();
        List<PartitionState> fresh = new ArrayList<>();
        List<PartitionState> led = new ArrayList<>();
        for (PartitionState partition : partitions) {
            if (partition.state() == null) {
                fresh.add(partition);
                continue;
            }
            partition.assignment().replicas().stream()
                    .filter(replica -> cluster().broker(replica) == null)
                    .forEach(replica -> partition.replicaBecomes(replica, ReplicaStatus.OFFLINE));
            boolean leaderLives = cluster().broker(partition.leader()) != null;
            partition.become(leaderLives ? PartitionStatus.ONLINE : PartitionStatus.OFFLINE);
            (leaderLives ? led : unled).add(partition);
        }
        led.forEach(partition -> office.partitions().announce(partition, batch));
        return office.partitions()
                .electLeaders(unled, batch)
                .thenCompose(done -> office.partitions().initialize(fresh, batch))
                .thenCompose(done -> office.partitions().shrinkIsr(led, batch))
                .thenAccept(done -> propagate(batch));
    }

    /** Sends a batch; nobody waits for the answers. */
    void propagate(UpdateBatch batch) {
        var unused = tell(batch);
    }

    /** Sends a batch; the answers are for another event to act on. */
    CompletableFuture<List<BrokerAnswer>> tell(UpdateBatch batch) {
        return office.send(batch).thenApply(answers -> {
            onAnswers(answers);
            return answers;
        });
    }

    /** A broker that cannot host a replica because of its disk hosts it no more, until it registers again. */
    private void onAnswers(List<BrokerAnswer> answers) {
        for (BrokerAnswer answer : answers) {
            if (answer instanceof BrokerAnswer.Answered answered
                    && answered.response() instanceof LeaderAndIsrResponse response) {
                logRefusals(answer.brokerId(), response);
            }
        }
    }

    private void logRefusals(int brokerId, LeaderAndIsrResponse response) {
        if (response.errorCode() != ErrorCode.NONE.code()) {
            LOG.warn("Broker {} refused LeaderAndIsr: {}", brokerId, ErrorCode.forCode(response.errorCode()));
        }
        for (LeaderAndIsrTopicError topicError : response.topics()) {
            for (LeaderAndIsrPartitionError error : topicError.partitionErrors()) {
                if (error.errorCode() != ErrorCode.NONE.code()) {
                    TopicState topic = cluster().topic(topicError.topicId());
                    LOG.error(
                            "Broker {} cannot take its part in {}: {}",
                            brokerId,
                            topic == null
                                    ? topicError.topicId()
                                    : new TopicPartition(topic.name(), error.partitionIndex()),
                            ErrorCode.forCode(error.errorCode()));
                }
            }
        }
    }

    private CompletableFuture<List<LiveBroker>> readBrokers() {
        return loader.brokers(event -> brokersChanged(), event -> brokersChanged());
    }

    private void brokersChanged() {
        if (!over && !brokersPending) {
            brokersPending = true;
            submit("brokers changed", () -> {
                brokersPending = false;
                return readBrokers().thenCompose(this::onBrokers);
            });
        }
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
            propagate(batch);
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
        unled.forEach(partition -> partition.become(PartitionStatus.OFFLINE));
        return office.partitions()
                .electLeaders(unled, batch)
                .thenCompose(done -> office.partitions().shrinkIsr(led, batch))
                .thenAccept(done -> propagate(batch));
    }

    private CompletableFuture<Void> onCome(List<LiveBroker> come) {
        if (come.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<Integer> ids = come.stream().map(LiveBroker::id).toList();
        LOG.info("Brokers {} have come", ids);
        come.forEach(this::admit);
        UpdateBatch batch = office.newBatch();
        batch.liveBrokers();
        List<PartitionState> unled = new ArrayList<>();
        List<PartitionState> fresh = new ArrayList<>();
        for (PartitionState partition : cluster().partitions()) {
            if (partition.status() == PartitionStatus.OFFLINE) {
                unled.add(partition);
            } else if (partition.status() == PartitionStatus.NEW) {
                fresh.add(partition);
            }
            if (partition.state() != null) {
                batch.metadata(partition.update());
                greet(partition, ids, batch);
            }
        }
        return office.partitions()
                .electLeaders(unled, batch)
                .thenCompose(done -> office.partitions().initialize(fresh, batch))
                .thenAccept(done -> propagate(batch))
                .thenCompose(done -> reassignments.resume(Set.copyOf(ids)))
                .thenRun(deletion::resume);
    }

    private static void greet(PartitionState partition, List<Integer> ids, UpdateBatch batch) {
        for (int id : ids) {
            if (partition.assignment().replicas().contains(id)) {
                partition.replicaBecomes(id, ReplicaStatus.ONLINE);
                batch.leaderAndIsr(id, partition.update());
            }
        }
    }

    /** Runs unless the term is over by then. A failure ends the term: what is known may no longer be what is so. */
    void submit(String name, Supplier<CompletableFuture<Void>> body) {
        var unused = events.submitAlways(name, () -> over ? CompletableFuture.completedFuture(null) : body.get())
                .exceptionally(failure -> {
                    if (!over) {
                        LOG.error(
                                "Controller event \"{}\" failed; resigning", name, ZooKeeperException.unwrap(failure));
                        resign.run();
                    }
                    return null;
                });
    }
}
