package io.ottla.controller;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.controller.election.ControllerElection;
import io.ottla.controller.election.ControllerTerm;
import io.ottla.controller.election.FencedWriter;
import io.ottla.controller.event.EventQueue;
import io.ottla.controller.propagation.BrokerConnector;
import io.ottla.controller.propagation.BrokerSenders;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.controller.state.ClusterState;
import io.ottla.controller.state.PartitionStateMachine;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.message.AllocateProducerIdsRequest;
import io.ottla.protocol.message.AllocateProducerIdsResponse;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.message.AlterPartitionReassignmentsResponse;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.AlterPartitionResponse;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.ControlledShutdownResponse;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreatePartitionsResponse;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsResponse;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.ElectLeadersResponse;
import io.ottla.protocol.message.ListPartitionReassignmentsRequest;
import io.ottla.protocol.message.ListPartitionReassignmentsResponse;
import io.ottla.protocol.message.UpdateFeaturesRequest;
import io.ottla.protocol.message.UpdateFeaturesResponse;
import java.time.Clock;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller as one broker holds it: it stands for election, and while it is in office it decides who leads what.
 * State is confined to the session's executor; every method may be called from any thread.
 *
 * <p>To be started after the broker is registered, and after every new registration has been made by its own listener.
 * Results are completed on the session's executor. A request that this broker cannot serve because it is not, or no
 * longer, the controller fails with an {@link io.ottla.protocol.error.ApiException} of NOT_CONTROLLER; what is wrong with
 * single topics or resources is in the response.
 */
public final class Controller implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    private static final int SHUTDOWN_ACCEPTANCE_MS = 1_000;

    private final ControllerSettings settings;
    private final ZooKeeperSession session;
    private final BrokerConnector connector;
    private final TopicPolicy policy;
    private final Random random;
    private final EventExecutor executor;
    private final EventQueue events;
    private final EntityConfigs configs;
    private final Candidacy candidacy;

    /**
     * Does nothing until {@link #start()}.
     *
     * @param random source of topic ids and placements
     */
    public Controller(
            ControllerSettings settings,
            ZooKeeperSession session,
            BrokerConnector connector,
            TopicPolicy policy,
            Clock clock,
            Random random) {
        this.settings = settings;
        this.session = session;
        this.connector = connector;
        this.policy = policy;
        this.random = random;
        this.executor = session.executor();
        this.events = new EventQueue(executor, settings.maxPendingEvents());
        this.configs = new EntityConfigs(session);
        ControllerElection election = new ControllerElection(session, settings.brokerId(), clock);
        this.candidacy = new Candidacy(settings.brokerId(), session, events, election, this::newTerm);
    }

    private Term newTerm(ControllerTerm elected, ClusterEvents.OfficeDoubts doubts) {
        FencedWriter writer = new FencedWriter(session, elected, doubts::check);
        ClusterState cluster = new ClusterState();
        Function<String, CompletableFuture<Boolean>> uncleanAllowed =
                topic -> configs.topic(topic).thenApply(policy::uncleanElectionAllowed);
        Office office = new Office(
                settings.brokerId(),
                writer,
                cluster,
                new BrokerSenders(connector, executor),
                new PartitionStateMachine(cluster, writer, uncleanAllowed));
        TopicDeletion deletion = new TopicDeletion(office, events);
        ClusterEvents watching =
                new ClusterEvents(office, events, deletion, random, policy, settings.rebalance(), doubts);
        return new Term(office, deletion, watching);
    }

    /** Stands for election, from now on whenever the office is vacant; completes when the first election is over. */
    public CompletableFuture<Void> start() {
        return candidacy.start();
    }

    /** Whether this broker is the controller. Any thread. */
    public boolean isActive() {
        return activeControllerId() == settings.brokerId();
    }

    /** Broker id of the controller as far as is known here, -1 if nobody is known. Any thread. */
    public int activeControllerId() {
        return candidacy.activeControllerId();
    }

    /**
     * Another broker that is the controller, as it was registered when that was found out; null if nobody, or this broker, or
     * one without a registration is. For who has not been told of the cluster's brokers yet. Any thread.
     */
    public @Nullable LiveBroker activeController() {
        return candidacy.activeController();
    }

    /** Calls {@code listener}, on the session's executor, when {@link #activeController()} has changed. Before the start. */
    public void onControllerFound(Runnable listener) {
        candidacy.onControllerFound(listener);
    }

    /** Epoch of this broker's latest term, 0 before the first. Any thread. */
    public int epoch() {
        return candidacy.epoch();
    }

    /**
     * The host of the controller's broker refuses connections: its process is dead. Deposes that very controller, whose
     * {@code /controller} would otherwise last until its session times out, and stands for election at once. To be called
     * whenever an attempt to connect to it is refused; does nothing if another controller has been elected meanwhile, and
     * nothing more to one that was elected again and is refused again: its session decides then. Any thread.
     */
    public void onControllerRefused(int controllerId) {
        candidacy.onControllerRefused(controllerId);
    }

    /** Creates topics (KIP-4); completes when the brokers have taken over what is reported as created. */
    public CompletableFuture<CreateTopicsResponse> createTopics(CreateTopicsRequest request) {
        return inOffice("create topics", current -> new TopicAdmin(current.office(), policy, random).create(request))
                .thenCompose(created -> within(request.timeoutMs(), created.accepted())
                        .thenApply(inTime -> inTime ? created.response() : TopicAdmin.timedOut(created.response())));
    }

    /** Deletes topics by name or id; completes when they are gone, or wait for a broker that is away. */
    public CompletableFuture<DeleteTopicsResponse> deleteTopics(DeleteTopicsRequest request) {
        return inOffice("delete topics", current -> new DeletionRequests(
                                current.office(), current.deletion(), policy.deletionEnabled())
                        .delete(request))
                .thenCompose(deleting -> within(request.timeoutMs(), deleting.gone())
                        .thenApply(inTime ->
                                inTime ? deleting.response() : DeletionRequests.timedOut(deleting.response())));
    }

    /** Adds partitions (KIP-195); completes when the brokers have taken over what is reported as added. */
    public CompletableFuture<CreatePartitionsResponse> createPartitions(CreatePartitionsRequest request) {
        return inOffice("create partitions", current -> new PartitionGrowth(current.office()).grow(request))
                .thenCompose(grown -> within(request.timeoutMs(), grown.accepted())
                        .thenApply(inTime -> inTime ? grown.response() : PartitionGrowth.timedOut(grown.response())));
    }

    /** Begins to move replicas to other brokers, or cancels that (KIP-455); completes when it is written down. */
    public CompletableFuture<AlterPartitionReassignmentsResponse> alterPartitionReassignments(
            AlterPartitionReassignmentsRequest request) {
        return inOffice(
                "alter partition reassignments",
                current -> current.cluster().reassignments().alter(request));
    }

    /** The reassignments under way (KIP-455). */
    public CompletableFuture<ListPartitionReassignmentsResponse> listPartitionReassignments(
            ListPartitionReassignmentsRequest request) {
        return inOffice(
                "list partition reassignments",
                current -> CompletableFuture.completedFuture(
                        current.cluster().reassignments().list(request)));
    }

    /** The overrides of a topic as ZooKeeper holds them now. */
    public CompletableFuture<SortedMap<String, String>> topicConfigs(String topic) {
        return configs.topic(topic);
    }

    /** Gives a broker a block of producer ids (KIP-730). */
    public CompletableFuture<AllocateProducerIdsResponse> allocateProducerIds(AllocateProducerIdsRequest request) {
        return inOffice("allocate producer ids", current -> new ProducerIdBlocks(current.office()).allocate(request));
    }

    /** Raises or lowers finalized features (KIP-584), all or none; completes when it is written down. */
    public CompletableFuture<UpdateFeaturesResponse> updateFeatures(UpdateFeaturesRequest request) {
        return inOffice("update features", current -> new FeatureUpdates(current.office(), settings.ottlaOnly())
                .update(request));
    }

    /** Changes the in-sync replicas of partitions as their leaders ask (KIP-497); completes when that is written. */
    public CompletableFuture<AlterPartitionResponse> alterPartition(AlterPartitionRequest request) {
        return inOffice(
                "alter partitions",
                current -> new IsrChanges(current.office()).alter(request).thenApply(altered -> {
                    current.cluster().reassignments().isrChanged(altered.changed());
                    return altered.response();
                }));
    }

    /**
     * Moves leadership off a broker that is about to shut down; completes when the brokers have taken that over, or after
     * {@value #SHUTDOWN_ACCEPTANCE_MS} ms. Partitions that it still leads are in the response.
     */
    public CompletableFuture<ControlledShutdownResponse> controlledShutdown(ControlledShutdownRequest request) {
        return inOffice("prepare a shutdown", current -> new BrokerShutdown(current.office()).prepare(request))
                .thenCompose(prepared ->
                        within(SHUTDOWN_ACCEPTANCE_MS, prepared.accepted()).thenApply(inTime -> prepared.response()));
    }

    /** Elects preferred leaders, or any (KIP-183, KIP-460); completes when the brokers have taken that over. */
    public CompletableFuture<ElectLeadersResponse> electLeaders(ElectLeadersRequest request) {
        return inOffice("elect leaders", current -> new ElectionRequests(current.office()).elect(request))
                .thenCompose(elected -> within(request.timeoutMs(), elected.accepted())
                        .thenApply(
                                inTime -> inTime ? elected.response() : ElectionRequests.timedOut(elected.response())));
    }

    private <T> CompletableFuture<T> inOffice(String name, Function<Term, CompletableFuture<T>> body) {
        return events.submit(name, () -> {
                    Term current = candidacy.term();
                    return current == null
                            ? CompletableFuture.<T>failedFuture(Refusals.notController())
                            : body.apply(current);
                })
                .exceptionallyCompose(failure -> {
                    var refusal = Refusals.translate(failure);
                    if (refusal.error() == ErrorCode.UNKNOWN_SERVER_ERROR) {
                        LOG.error("Could not {}", name, StageFailure.cause(failure));
                    }
                    return CompletableFuture.failedFuture(refusal);
                });
    }

    /** Whether something is done within this time; its failure fails this too. */
    private CompletableFuture<Boolean> within(int timeoutMs, CompletableFuture<?> done) {
        CompletableFuture<Boolean> inTime = new CompletableFuture<>();
        var deadline = executor.schedule(() -> inTime.complete(false), Math.max(0, timeoutMs), TimeUnit.MILLISECONDS);
        var unused = done.whenComplete((value, failure) -> {
            deadline.cancel(false);
            if (failure == null) {
                inTime.complete(true);
            } else {
                inTime.completeExceptionally(Refusals.translate(failure));
            }
        });
        return inTime;
    }

    /**
     * Leaves the office for good, if it is held: when the event under way has ended, and without waiting for the end of the
     * session, so that another broker takes it at once. Completes when ZooKeeper has been told.
     */
    public CompletableFuture<Void> leave() {
        return events.submitAlways("leave the office", candidacy::leave);
    }

    /** As {@link #leave}, but does not wait for anything. Does not close the session. */
    @Override
    public void close() {
        executor.execute(() -> {
            var unused = candidacy.leave();
        });
    }
}
