package io.ottla.replication.partition;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.StopReplicaRequest;
import io.ottla.protocol.message.StopReplicaResponse;
import io.ottla.protocol.schema.Base64Uuid;
import io.ottla.replication.metadata.ControllerFence;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogStore;
import io.ottla.storage.log.PartitionLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the controller's LeaderAndIsr and StopReplica requests. May be called from any thread. The orders for one
 * partition are carried out one after the other, in the order of the calls; those for different partitions side by side, on
 * their loops, so that a log that takes long to recover holds up nobody else.
 */
public final class ReplicaControl {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaControl.class);

    private final int brokerId;
    private final PartitionSet partitions;
    private final LogStore logs;
    private final ControllerFence fence;
    private final TopicConfigSource configs;
    private final List<LeadershipListener> listeners = new CopyOnWriteArrayList<>();
    private final List<RoleListener> roleListeners = new CopyOnWriteArrayList<>();

    /** The last order of each partition that has one under way. Guarded by this object's monitor. */
    private final Map<TopicPartition, CompletableFuture<?>> underWay = new HashMap<>();

    public ReplicaControl(
            int brokerId, PartitionSet partitions, LogStore logs, ControllerFence fence, TopicConfigSource configs) {
        this.brokerId = brokerId;
        this.partitions = partitions;
        this.logs = logs;
        this.fence = fence;
        this.configs = configs;
    }

    /** Called for every later change of leadership. */
    public void addListener(LeadershipListener listener) {
        listeners.add(listener);
    }

    /** Called for every later change of a role. */
    public void addListener(RoleListener listener) {
        roleListeners.add(listener);
    }

    /**
     * Makes this broker lead or follow the partitions of the request. A partition whose log is still being recovered is
     * answered with success at once and takes its role when it can.
     *
     * @param version of the response that is wanted; the latest in-process
     */
    public synchronized CompletionStage<LeaderAndIsrResponse> apply(LeaderAndIsrRequest request, short version) {
        ErrorCode refusal = fence.admit(request.controllerEpoch(), request.brokerEpoch());
        if (refusal != ErrorCode.NONE) {
            LOG.warn(
                    "refused LeaderAndIsr of controller {} epoch {} for broker epoch {}: {}",
                    request.controllerId(),
                    request.controllerEpoch(),
                    request.brokerEpoch(),
                    refusal);
            return CompletableFuture.completedFuture(new LeaderAndIsrResponse().setErrorCode(refusal.code()));
        }
        return new LeaderAndIsrCall(version).run(request);
    }

    /** Stops, and deletes where asked, the replicas of the request. */
    public synchronized CompletionStage<StopReplicaResponse> apply(StopReplicaRequest request) {
        ErrorCode refusal = fence.admit(request.controllerEpoch(), request.brokerEpoch());
        if (refusal != ErrorCode.NONE) {
            LOG.warn(
                    "refused StopReplica of controller {} epoch {} for broker epoch {}: {}",
                    request.controllerId(),
                    request.controllerEpoch(),
                    request.brokerEpoch(),
                    refusal);
            return CompletableFuture.completedFuture(new StopReplicaResponse().setErrorCode(refusal.code()));
        }
        return new StopReplicaCall().run(request);
    }

    /** Gives hosted partitions of the topic their new configuration. Any thread. */
    public void onTopicConfig(String topic, LogConfig config) {
        for (Partition partition : partitions.all(topic)) {
            partition.loop().execute(() -> {
                PartitionLog log = partition.role().log();
                if (log != null) {
                    log.reconfigure(config);
                }
            });
        }
    }

    /** Takes partitions offline whose log directory has failed. Any thread. */
    public void onDirectoryOffline(LogDirectory directory) {
        for (Partition partition : partitions.all()) {
            partition.loop().execute(() -> {
                PartitionLog log = partition.role().log();
                if (log != null && log.directory() == directory) {
                    resign(partition, partition.role().leaderEpoch(), partition::becomeOffline);
                }
            });
        }
    }

    /** A replica has moved to another log directory: its partition goes on with the log there. On its home loop. */
    public void onMoved(Partition partition, PartitionLog moved) {
        partition.moveTo(moved);
        tellRole(partition);
    }

    /** Ends every leadership, since others lead now; this broker only has not been told by whom. Any thread. */
    public void resignAll() {
        for (Partition partition : partitions.all()) {
            int leaderEpoch = partition.role().leaderEpoch();
            partition.loop().execute(() -> {
                LeaderRole leader = partition.leader();
                if (leader != null && leader.leaderEpoch() == leaderEpoch) {
                    resign(partition, leaderEpoch, partition::stop);
                }
            });
        }
    }

    /** Ends every role that has been taken; logs stay open. For a shutdown. */
    public CompletionStage<?> stopAll() {
        List<CompletableFuture<ErrorCode>> stops = new ArrayList<>();
        for (Partition partition : partitions.all()) {
            stops.add(onLoop(partition, () -> {
                resign(partition, partition.role().leaderEpoch(), partition::stop);
                return ErrorCode.NONE;
            }));
        }
        return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new));
    }

    /** Carries out an order when those given before for the partition are done. */
    private synchronized CompletableFuture<ErrorCode> inOrder(
            TopicPartition name, Supplier<CompletableFuture<ErrorCode>> order) {
        CompletableFuture<?> before = underWay.get(name);
        CompletableFuture<ErrorCode> result = before == null
                ? order.get()
                : before.handle((done, failure) -> null).thenCompose(done -> order.get());
        if (!result.isDone()) {
            underWay.put(name, result);
            var unused = result.whenComplete((done, failure) -> forget(name, result));
        }
        return result;
    }

    private synchronized void forget(TopicPartition name, CompletableFuture<?> order) {
        underWay.remove(name, order);
    }

    private static CompletableFuture<ErrorCode> onLoop(Partition partition, Supplier<ErrorCode> change) {
        EventExecutor loop = partition.loop();
        return CompletableFuture.supplyAsync(change, loop);
    }

    /** Runs a change that ends a leadership, if there is one, and tells the listeners. On the home loop. */
    private void resign(Partition partition, int leaderEpoch, Runnable change) {
        boolean led = partition.leader() != null;
        change.run();
        tellRole(partition);
        if (led) {
            listeners.forEach(listener -> listener.onResign(partition.name(), leaderEpoch));
        }
    }

    private void tellRole(Partition partition) {
        Role role = partition.role();
        roleListeners.forEach(listener -> listener.onRole(partition, role));
    }

    /** One LeaderAndIsr request. Its configurations are read once per topic. */
    private final class LeaderAndIsrCall {

        private static final short BY_TOPIC_ID_VERSION = 5;

        private final short version;
        private final LeaderAndIsrResponse response = new LeaderAndIsrResponse();
        private final Map<String, CompletionStage<LogConfig>> configsByTopic = new ConcurrentHashMap<>();

        LeaderAndIsrCall(short version) {
            this.version = version;
        }

        CompletionStage<LeaderAndIsrResponse> run(LeaderAndIsrRequest request) {
            List<CompletableFuture<?>> orders = new ArrayList<>();
            for (LeaderAndIsrRequest.LeaderAndIsrTopicState topic : request.topicStates()) {
                List<LeaderAndIsrResponse.LeaderAndIsrPartitionError> errors = errorsOf(topic.topicId());
                for (LeaderAndIsrRequest.LeaderAndIsrPartitionState state : topic.partitionStates()) {
                    orders.add(order(topic.topicName(), topic.topicId(), state, errors));
                }
            }
            for (LeaderAndIsrRequest.LeaderAndIsrPartitionState state : request.ungroupedPartitionStates()) {
                orders.add(order(state.topicName(), Base64Uuid.ZERO, state, response.partitionErrors()));
            }
            return CompletableFuture.allOf(orders.toArray(CompletableFuture[]::new))
                    .thenApply(done -> response);
        }

        private List<LeaderAndIsrResponse.LeaderAndIsrPartitionError> errorsOf(UUID topicId) {
            if (version < BY_TOPIC_ID_VERSION) {
                return response.partitionErrors();
            }
            LeaderAndIsrResponse.LeaderAndIsrTopicError topic =
                    new LeaderAndIsrResponse.LeaderAndIsrTopicError().setTopicId(topicId);
            response.topics().add(topic);
            return topic.partitionErrors();
        }

        private CompletableFuture<?> order(
                String topic,
                UUID topicId,
                LeaderAndIsrRequest.LeaderAndIsrPartitionState state,
                List<LeaderAndIsrResponse.LeaderAndIsrPartitionError> errors) {
            LeaderAndIsrResponse.LeaderAndIsrPartitionError answer =
                    new LeaderAndIsrResponse.LeaderAndIsrPartitionError().setPartitionIndex(state.partitionIndex());
            if (version < BY_TOPIC_ID_VERSION) {
                answer.setTopicName(topic);
            }
            errors.add(answer);
            TopicPartition name = new TopicPartition(topic, state.partitionIndex());
            boolean recovers = logs.log(name)
                    .map(log -> !log.toCompletableFuture().isDone())
                    .orElse(false);
            Assignment assignment = Assignment.of(state);
            CompletableFuture<ErrorCode> done = inOrder(name, () -> execute(name, topicId, assignment));
            return recovers
                    ? CompletableFuture.completedFuture(null)
                    : done.thenAccept(error -> answer.setErrorCode(error.code()));
        }

        private CompletableFuture<ErrorCode> execute(TopicPartition name, UUID topicId, Assignment assignment) {
            Partition hosted = partitions.get(name.topic(), name.partition());
            ErrorCode refusal = check(name, hosted, topicId, assignment);
            if (refusal != ErrorCode.NONE) {
                return CompletableFuture.completedFuture(refusal);
            }
            if (hosted == null && assignment.expectsRecords() && isMissing(name)) {
                ErrorCode answer = answerWithoutRecords(name, assignment);
                if (answer != null) {
                    return CompletableFuture.completedFuture(answer);
                }
            }
            Partition partition = hosted != null ? hosted : partitions.add(name, topicId);
            if (assignment.isRecovering() && assignment.leader() == brokerId) {
                LOG.warn("{}: led by unclean election from what is on this disk; records may be lost", name);
            }
            if (isOfPresentLeadership(partition, assignment)) {
                return onLoop(
                        partition,
                        () -> partition.adopt(assignment) ? ErrorCode.NONE : ErrorCode.STALE_CONTROLLER_EPOCH);
            }
            return open(partition, assignment)
                    .thenApplyAsync(log -> change(partition, assignment, log), partition.loop())
                    .handle((error, failure) -> failure == null
                            ? CompletableFuture.completedFuture(error)
                            : onLoop(partition, () -> onFailed(partition, assignment, failure)))
                    .thenCompose(result -> result)
                    .toCompletableFuture();
        }

        private ErrorCode check(TopicPartition name, @Nullable Partition hosted, UUID topicId, Assignment assignment) {
            if (hosted == null) {
                return assignment.replicas().contains(brokerId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
            }
            PartitionLog log = hosted.role().log();
            if (hosted.role() instanceof OfflineRole
                    || (log != null && !log.directory().health().isOnline())) {
                return ErrorCode.KAFKA_STORAGE_ERROR;
            }
            if (isOther(hosted.topicId(), topicId)) {
                LOG.error(
                        "{}: the controller speaks of topic id {}, the replica here has {}",
                        name,
                        Base64Uuid.toText(topicId),
                        Base64Uuid.toText(hosted.topicId()));
                return ErrorCode.INCONSISTENT_TOPIC_ID;
            }
            if (assignment.leaderEpoch() <= hosted.role().leaderEpoch() && !isOfPresentLeadership(hosted, assignment)) {
                LOG.debug(
                        "{}: order of leader epoch {} is not newer than {}",
                        name,
                        assignment.leaderEpoch(),
                        hosted.role().leaderEpoch());
                return ErrorCode.STALE_CONTROLLER_EPOCH;
            }
            return ErrorCode.NONE;
        }

        /** Only a replica that copies from another one may begin with nothing; null for that. */
        private @Nullable ErrorCode answerWithoutRecords(TopicPartition name, Assignment assignment) {
            if (assignment.leader() == brokerId) {
                LOG.error(
                        "{}: nothing of it is on the disks of this broker, so it is not led from here: the other replicas of"
                                + " {} would lose their records. An unclean election makes this broker lead it nevertheless",
                        name,
                        assignment.replicas());
                return ErrorCode.KAFKA_STORAGE_ERROR;
            }
            // An empty log that is copied from nobody would look like one that was empty all the time.
            return assignment.leader() < 0 ? ErrorCode.NONE : null;
        }

        /** Whether no log directory has the partition; one that cannot be read may have it. */
        private boolean isMissing(TopicPartition name) {
            return logs.log(name).isEmpty() && !logs.hasOfflineDirectory();
        }

        /** A new controller tells a leader again what it knows already, or has missed: who is in sync. */
        private boolean isOfPresentLeadership(Partition partition, Assignment assignment) {
            LeaderRole leader = partition.leader();
            return leader != null
                    && assignment.leader() == brokerId
                    && assignment.leaderEpoch() == leader.leaderEpoch()
                    && assignment.partitionEpoch() > leader.isr().partitionEpoch();
        }

        /** The partition's log, created if there is none, with the topic's configuration. */
        private CompletionStage<PartitionLog> open(Partition partition, Assignment assignment) {
            PartitionLog known = partition.role().log();
            if (known != null) {
                return CompletableFuture.completedFuture(known);
            }
            LogStore.Origin origin = assignment.isNew() ? LogStore.Origin.NEW : LogStore.Origin.EXISTING;
            return configsByTopic
                    .computeIfAbsent(partition.name().topic(), configs::topicConfig)
                    .thenCompose(config -> logs.getOrCreate(partition.name(), partition.topicId(), config, origin)
                            .thenApplyAsync(
                                    log -> {
                                        log.reconfigure(config);
                                        return log;
                                    },
                                    partition.loop()));
        }

        private ErrorCode change(Partition partition, Assignment assignment, PartitionLog opened) {
            PartitionLog present = partition.role().log();
            PartitionLog log = present == null ? opened : present; // It may have moved since.
            if (isOther(log.topicId(), partition.topicId())) {
                LOG.error(
                        "{}: the controller speaks of topic id {}, the log here has {}",
                        partition.name(),
                        Base64Uuid.toText(partition.topicId()),
                        Base64Uuid.toText(log.topicId()));
                return ErrorCode.INCONSISTENT_TOPIC_ID;
            }
            if (assignment.leader() == brokerId) {
                partition.becomeLeader(assignment, log);
                tellRole(partition);
                listeners.forEach(listener -> listener.onLeader(partition.name(), assignment.leaderEpoch()));
            } else {
                resign(partition, assignment.leaderEpoch(), () -> partition.becomeFollower(assignment, log));
            }
            return ErrorCode.NONE;
        }

        private ErrorCode onFailed(Partition partition, Assignment assignment, Throwable failure) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            LOG.error("{}: the controller's order failed", partition.name(), cause);
            if (cause instanceof ApiException refused && refused.error() == ErrorCode.KAFKA_STORAGE_ERROR) {
                resign(partition, assignment.leaderEpoch(), partition::becomeOffline);
                return ErrorCode.KAFKA_STORAGE_ERROR;
            }
            return ErrorCode.UNKNOWN_SERVER_ERROR;
        }
    }

    private static boolean isOther(UUID topicId, UUID otherId) {
        return !topicId.equals(otherId) && !topicId.equals(Base64Uuid.ZERO) && !otherId.equals(Base64Uuid.ZERO);
    }

    /** One StopReplica request. */
    private final class StopReplicaCall {

        private static final int NO_EPOCH = -1;
        private static final int EPOCH_DURING_DELETE = -2;

        private final StopReplicaResponse response = new StopReplicaResponse();

        CompletionStage<StopReplicaResponse> run(StopReplicaRequest request) {
            List<CompletableFuture<?>> stops = new ArrayList<>();
            for (StopReplicaRequest.StopReplicaTopicState topic : request.topicStates()) {
                for (StopReplicaRequest.StopReplicaPartitionState state : topic.partitionStates()) {
                    TopicPartition name = new TopicPartition(topic.topicName(), state.partitionIndex());
                    stops.add(stop(name, state.leaderEpoch(), state.deletePartition()));
                }
            }
            for (StopReplicaRequest.StopReplicaTopicV1 topic : request.topics()) {
                for (int index : topic.partitionIndexes()) {
                    stops.add(stop(new TopicPartition(topic.name(), index), NO_EPOCH, request.deletePartitions()));
                }
            }
            for (StopReplicaRequest.StopReplicaPartitionV0 partition : request.ungroupedPartitions()) {
                TopicPartition name = new TopicPartition(partition.topicName(), partition.partitionIndex());
                stops.add(stop(name, NO_EPOCH, request.deletePartitions()));
            }
            return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new))
                    .thenApply(done -> response);
        }

        private CompletableFuture<?> stop(TopicPartition name, int leaderEpoch, boolean delete) {
            StopReplicaResponse.StopReplicaPartitionError answer = new StopReplicaResponse.StopReplicaPartitionError()
                    .setTopicName(name.topic())
                    .setPartitionIndex(name.partition());
            response.partitionErrors().add(answer);
            return inOrder(name, () -> execute(name, leaderEpoch, delete))
                    .thenAccept(error -> answer.setErrorCode(error.code()));
        }

        private CompletableFuture<ErrorCode> execute(TopicPartition name, int leaderEpoch, boolean delete) {
            Partition partition = partitions.get(name.topic(), name.partition());
            if (partition == null) {
                return delete ? delete(name) : CompletableFuture.completedFuture(ErrorCode.NONE);
            }
            int current = partition.role().leaderEpoch();
            if (partition.role() instanceof OfflineRole) {
                return CompletableFuture.completedFuture(ErrorCode.KAFKA_STORAGE_ERROR);
            }
            if (leaderEpoch != NO_EPOCH && leaderEpoch != EPOCH_DURING_DELETE && leaderEpoch < current) {
                LOG.info("{}: stop in leader epoch {} is older than {}", name, leaderEpoch, current);
                return CompletableFuture.completedFuture(ErrorCode.FENCED_LEADER_EPOCH);
            }
            return onLoop(partition, () -> {
                        resign(partition, Math.max(current, leaderEpoch), partition::stop);
                        partitions.remove(partition);
                        partition.remove();
                        return ErrorCode.NONE;
                    })
                    .thenCompose(stopped -> delete ? delete(name) : CompletableFuture.completedFuture(stopped));
        }

        private CompletableFuture<ErrorCode> delete(TopicPartition name) {
            return logs.delete(name)
                    .handle((done, failure) -> {
                        if (failure != null) {
                            LOG.error("{}: the log could not be deleted", name, failure);
                        }
                        return failure == null ? ErrorCode.NONE : ErrorCode.KAFKA_STORAGE_ERROR;
                    })
                    .toCompletableFuture();
        }
    }
}
