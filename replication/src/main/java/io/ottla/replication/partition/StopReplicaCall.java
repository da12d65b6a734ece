package io.ottla.replication.partition;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.StopReplicaRequest;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaPartitionState;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaPartitionV0;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaTopicState;
import io.ottla.protocol.message.StopReplicaRequest.StopReplicaTopicV1;
import io.ottla.protocol.message.StopReplicaResponse;
import io.ottla.protocol.message.StopReplicaResponse.StopReplicaPartitionError;
import io.ottla.storage.store.LogStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One StopReplica request: stops its replicas, deletes the logs of those that are not to come back, and makes the response. */
final class StopReplicaCall {

    private static final Logger LOG = LoggerFactory.getLogger(StopReplicaCall.class);
    private static final int NO_EPOCH = -1;
    private static final int EPOCH_DURING_DELETE = -2;

    private final PartitionSet partitions;
    private final LogStore logs;
    private final OrderQueue orders;
    private final RoleChanges roles;
    private final StopReplicaResponse response = new StopReplicaResponse();

    StopReplicaCall(PartitionSet partitions, LogStore logs, OrderQueue orders, RoleChanges roles) {
        this.partitions = partitions;
        this.logs = logs;
        this.orders = orders;
        this.roles = roles;
    }

    CompletionStage<StopReplicaResponse> run(StopReplicaRequest request) {
        List<CompletableFuture<?>> stops = new ArrayList<>();
        for (StopReplicaTopicState topic : request.topicStates()) {
            for (StopReplicaPartitionState state : topic.partitionStates()) {
                TopicPartition name = new TopicPartition(topic.topicName(), state.partitionIndex());
                stops.add(stop(name, state.leaderEpoch(), state.deletePartition()));
            }
        }
        for (StopReplicaTopicV1 topic : request.topics()) {
            for (int index : topic.partitionIndexes()) {
                stops.add(stop(new TopicPartition(topic.name(), index), NO_EPOCH, request.deletePartitions()));
            }
        }
        for (StopReplicaPartitionV0 partition : request.ungroupedPartitions()) {
            TopicPartition name = new TopicPartition(partition.topicName(), partition.partitionIndex());
            stops.add(stop(name, NO_EPOCH, request.deletePartitions()));
        }
        return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new)).thenApply(done -> response);
    }

    private CompletableFuture<?> stop(TopicPartition name, int leaderEpoch, boolean delete) {
        StopReplicaPartitionError answer =
                new StopReplicaPartitionError().setTopicName(name.topic()).setPartitionIndex(name.partition());
        response.partitionErrors().add(answer);
        return orders.add(name, () -> execute(name, leaderEpoch, delete))
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
        return RoleChanges.onLoop(partition, () -> {
                    roles.resign(partition, Math.max(current, leaderEpoch), partition::stop);
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
