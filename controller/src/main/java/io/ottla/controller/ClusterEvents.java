package io.ottla.controller;

import io.ottla.controller.election.FencedException;
import io.ottla.controller.event.EventQueue;
import io.ottla.controller.propagation.UpdateBatch;
import io.ottla.controller.reassign.Reassignments;
import io.ottla.controller.state.ClusterLoader;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionState;
import io.ottla.controller.state.PartitionStatus;
import io.ottla.controller.state.ReplicaStatus;
import io.ottla.controller.state.TopicState;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.FeatureNode;
import io.ottla.protocol.error.StageFailure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a controller does when it takes office, and the events of its term. Confined to the controller's executor; lasts for
 * one term.
 *
 * <p>Every watch only says that something has changed: the event that follows reads what is there now, arms the watch
 * again, and acts on the difference.
 */
final class ClusterEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterEvents.class);

    private final Office office;
    private final EventQueue events;
    private final TopicDeletion deletion;
    private final TopicEvents topics;
    private final BrokerEvents brokers;
    private final Notifications notifications;
    private final LeaderElections elections;
    private final Reassignments reassignments;
    private final ReplicationAdvice advice;
    private final OfficeDoubts doubts;

    private boolean over;

    /** What the controller does when it is no longer sure of its office, or of what it knows. */
    interface OfficeDoubts {

        /** What is known may no longer be what is so: the term ends. */
        void lose();

        /** Somebody says that there is another controller: it is to be looked up. */
        void check();
    }

    ClusterEvents(
            Office office,
            EventQueue events,
            TopicDeletion deletion,
            Random random,
            TopicPolicy policy,
            LeaderRebalance rebalance,
            OfficeDoubts doubts) {
        ClusterLoader loader = new ClusterLoader(office.writer().session());
        this.office = office;
        this.events = events;
        this.deletion = deletion;
        this.advice = new ReplicationAdvice(office, policy);
        this.topics = new TopicEvents(office, loader, deletion, random, this);
        this.reassignments = new Reassignments(new ReassignmentTerm(office, this));
        deletion.afterwards(reassignments::forget);
        this.brokers = new BrokerEvents(office, loader, deletion, advice, this);
        this.notifications = new Notifications(office, loader, this);
        this.elections = new LeaderElections(office, rebalance, this);
        this.doubts = doubts;
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

    /** A broker says that there is a later controller. */
    void doubtOffice() {
        if (!over) {
            doubts.check();
        }
    }

    /** Reads everything, then tells everybody. */
    CompletableFuture<Void> takeOffice() {
        office.senders().addListener(brokers);
        office.senders().addListener(new ReplicaFailures(office, this));
        return createFeatureNode()
                .thenCompose(done -> brokers.load())
                .thenCompose(done -> topics.load())
                .thenCompose(done -> notifications.begin())
                .thenCompose(done -> topics.readDeletions())
                .thenCompose(this::assumeState)
                .thenCompose(done -> elections.begin())
                .thenRun(advice::afterArrival);
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
        CompletableFuture<Void> known =
                cluster().hasReturned() ? brokers.signs() : CompletableFuture.completedFuture(null);
        return known.thenCompose(done -> bringUp(cluster().partitions()))
                .thenCompose(done -> reassignments.takeOffice())
                .thenCompose(done -> topics.onDeletions(deletions))
                .thenRun(deletion::resume);
    }

    /** Finds the status of partitions that were read, gives them leaders where they lack one, and tells the brokers. */
    CompletableFuture<Void> bringUp(Collection<PartitionState> partitions) {
        cluster().judgeReturned(brokers.dead());
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
            boolean isLed = cluster().isLed(partition);
            partition.become(isLed ? PartitionStatus.ONLINE : PartitionStatus.OFFLINE);
            (isLed ? led : unled).add(partition);
        }
        led.forEach(partition -> office.partitions().announce(partition, batch));
        CompletableFuture<Void> elected = office.partitions().electLeaders(unled, batch);
        CompletableFuture<Void> shrunk = office.partitions().shrinkIsr(led, batch);
        return office.partitions()
                .initialize(fresh, batch)
                .thenCompose(done -> elected)
                .thenCompose(done -> shrunk)
                .thenAccept(done -> propagate(batch));
    }

    /** Sends a batch; nobody waits for the answers. */
    void propagate(UpdateBatch batch) {
        var unused = office.send(batch);
    }

    /** Runs unless the term is over by then. A failure ends the term: what is known may no longer be what is so. */
    void submit(String name, Supplier<CompletableFuture<Void>> body) {
        var unused = events.submitAlways(name, () -> over ? CompletableFuture.completedFuture(null) : body.get())
                .exceptionally(failure -> {
                    // Whoever is fenced is told so by its writer, and looks up who has the office.
                    boolean fenced = StageFailure.cause(failure) instanceof FencedException;
                    if (!over && !fenced && !ZooKeeperException.is(failure, ZooKeeperError.CLOSED)) {
                        LOG.error("Controller event \"{}\" failed; resigning", name, StageFailure.cause(failure));
                        doubts.lose();
                    }
                    return null;
                });
    }
}
