package io.ottla.replication.partition;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.schema.Base64Uuid;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.store.LogStore;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what a LeaderAndIsr request says of one partition. Any thread; the orders for one partition come one after the
 * other.
 */
final class AssignmentOrders {

    private static final Logger LOG = LoggerFactory.getLogger(AssignmentOrders.class);

    private final int brokerId;
    private final PartitionSet partitions;
    private final LogStore logs;
    private final RoleChanges roles;

    AssignmentOrders(int brokerId, PartitionSet partitions, LogStore logs, RoleChanges roles) {
        this.brokerId = brokerId;
        this.partitions = partitions;
        this.logs = logs;
        this.roles = roles;
    }

    /**
     * Makes this broker lead or follow a partition.
     *
     * @param topicConfigs asked if the partition's log has to be opened
     * @return what the controller is told, once that is done
     */
    CompletableFuture<ErrorCode> execute(
            TopicPartition name, UUID topicId, Assignment assignment, TopicConfigSource topicConfigs) {
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
            return RoleChanges.onLoop(
                    partition, () -> partition.adopt(assignment) ? ErrorCode.NONE : ErrorCode.STALE_CONTROLLER_EPOCH);
        }
        return open(partition, assignment, topicConfigs)
                .thenApplyAsync(log -> change(partition, assignment, log), partition.loop())
                .handle((error, failure) -> failure == null
                        ? CompletableFuture.completedFuture(error)
                        : RoleChanges.onLoop(partition, () -> onFailed(partition, assignment, failure)))
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
    private CompletionStage<PartitionLog> open(
            Partition partition, Assignment assignment, TopicConfigSource topicConfigs) {
        PartitionLog known = partition.role().log();
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        LogStore.Origin origin = assignment.isNew() ? LogStore.Origin.NEW : LogStore.Origin.EXISTING;
        return topicConfigs.topicConfig(partition.name().topic()).thenCompose(config -> logs.getOrCreate(
                        partition.name(), partition.topicId(), config, origin)
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
            roles.lead(partition, assignment, log);
        } else {
            roles.resign(partition, assignment.leaderEpoch(), () -> partition.becomeFollower(assignment, log));
        }
        return ErrorCode.NONE;
    }

    private ErrorCode onFailed(Partition partition, Assignment assignment, Throwable failure) {
        LOG.error("{}: the controller's order failed", partition.name(), StageFailure.cause(failure));
        if (StageFailure.error(failure) == ErrorCode.KAFKA_STORAGE_ERROR) {
            roles.resign(partition, assignment.leaderEpoch(), partition::becomeOffline);
            return ErrorCode.KAFKA_STORAGE_ERROR;
        }
        return ErrorCode.UNKNOWN_SERVER_ERROR;
    }

    private static boolean isOther(UUID topicId, UUID otherId) {
        return !topicId.equals(otherId) && !topicId.equals(Base64Uuid.ZERO) && !otherId.equals(Base64Uuid.ZERO);
    }
}
