package io.ottla.replication.partition;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrPartitionState;
import io.ottla.protocol.message.LeaderAndIsrRequest.LeaderAndIsrTopicState;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrPartitionError;
import io.ottla.protocol.message.LeaderAndIsrResponse.LeaderAndIsrTopicError;
import io.ottla.protocol.schema.Base64Uuid;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.store.LogStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** One LeaderAndIsr request: an order for each partition, and the response. Its configurations are read once per topic. */
final class LeaderAndIsrCall {

    private static final short BY_TOPIC_ID_VERSION = 5;

    private final AssignmentOrders assignments;
    private final OrderQueue orders;
    private final LogStore logs;
    private final TopicConfigSource configs;
    private final short version;
    private final LeaderAndIsrResponse response = new LeaderAndIsrResponse();
    private final Map<String, CompletionStage<LogConfig>> configsByTopic = new ConcurrentHashMap<>();

    /** @param version of the response that is wanted */
    LeaderAndIsrCall(
            AssignmentOrders assignments, OrderQueue orders, LogStore logs, TopicConfigSource configs, short version) {
        this.assignments = assignments;
        this.orders = orders;
        this.logs = logs;
        this.configs = configs;
        this.version = version;
    }

    CompletionStage<LeaderAndIsrResponse> run(LeaderAndIsrRequest request) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (LeaderAndIsrTopicState topic : request.topicStates()) {
            List<LeaderAndIsrPartitionError> errors = errorsOf(topic.topicId());
            for (LeaderAndIsrPartitionState state : topic.partitionStates()) {
                all.add(order(topic.topicName(), topic.topicId(), state, errors));
            }
        }
        for (LeaderAndIsrPartitionState state : request.ungroupedPartitionStates()) {
            all.add(order(state.topicName(), Base64Uuid.ZERO, state, response.partitionErrors()));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(done -> response);
    }

    private List<LeaderAndIsrPartitionError> errorsOf(UUID topicId) {
        if (version < BY_TOPIC_ID_VERSION) {
            return response.partitionErrors();
        }
        LeaderAndIsrTopicError topic = new LeaderAndIsrTopicError().setTopicId(topicId);
        response.topics().add(topic);
        return topic.partitionErrors();
    }

    private CompletableFuture<?> order(
            String topic, UUID topicId, LeaderAndIsrPartitionState state, List<LeaderAndIsrPartitionError> errors) {
        LeaderAndIsrPartitionError answer = new LeaderAndIsrPartitionError().setPartitionIndex(state.partitionIndex());
        if (version < BY_TOPIC_ID_VERSION) {
            answer.setTopicName(topic);
        }
        errors.add(answer);
        TopicPartition name = new TopicPartition(topic, state.partitionIndex());
        boolean recovers =
                logs.log(name).map(log -> !log.toCompletableFuture().isDone()).orElse(false);
        Assignment assignment = Assignment.of(state);
        CompletableFuture<ErrorCode> done =
                orders.add(name, () -> assignments.execute(name, topicId, assignment, this::topicConfig));
        return recovers
                ? CompletableFuture.completedFuture(null)
                : done.thenAccept(error -> answer.setErrorCode(error.code()));
    }

    private CompletionStage<LogConfig> topicConfig(String topic) {
        return configsByTopic.computeIfAbsent(topic, configs::topicConfig);
    }
}
