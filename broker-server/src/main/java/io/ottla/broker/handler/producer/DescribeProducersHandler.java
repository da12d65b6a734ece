package io.ottla.broker.handler.producer;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeProducersRequest;
import io.ottla.protocol.message.DescribeProducersRequest.TopicRequest;
import io.ottla.protocol.message.DescribeProducersResponse;
import io.ottla.protocol.message.DescribeProducersResponse.PartitionResponse;
import io.ottla.protocol.message.DescribeProducersResponse.TopicResponse;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.storage.producer.ProducerState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** DescribeProducers (key 61): what the leaders of partitions know of idempotent and transactional producers (KIP-664). */
public final class DescribeProducersHandler
        implements RequestHandler<DescribeProducersRequest, DescribeProducersResponse> {

    private final PartitionLocator locator;

    public DescribeProducersHandler(PartitionLocator locator) {
        this.locator = locator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DESCRIBE_PRODUCERS;
    }

    @Override
    public CompletionStage<@Nullable DescribeProducersResponse> handle(
            RequestContext context, DescribeProducersRequest request) {
        DescribeProducersResponse response = new DescribeProducersResponse();
        List<CompletableFuture<?>> descriptions = new ArrayList<>();
        for (TopicRequest topic : request.topics()) {
            TopicResponse answers = new TopicResponse().setName(topic.name());
            for (int index : topic.partitionIndexes()) {
                PartitionResponse answer = new PartitionResponse().setPartitionIndex(index);
                answers.partitions().add(answer);
                descriptions.add(describe(topic.name(), answer));
            }
            response.topics().add(answers);
        }
        return CompletableFuture.allOf(descriptions.toArray(CompletableFuture[]::new))
                .thenApply(done -> response);
    }

    private CompletableFuture<?> describe(String topic, PartitionResponse answer) {
        Partition partition = locator.find(topic, answer.partitionIndex());
        if (partition == null) {
            answer.setErrorCode(
                    locator.whyMissing(topic, answer.partitionIndex()).code());
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(() -> describe(partition, answer), partition.loop());
    }

    private static void describe(Partition partition, PartitionResponse answer) {
        LeaderRole leader = partition.leader();
        if (leader == null) {
            answer.setErrorCode(partition.role().leaderError().code());
            return;
        }
        for (ProducerState state : leader.log().producers().producers()) {
            answer.activeProducers()
                    .add(new DescribeProducersResponse.ProducerState()
                            .setProducerId(state.producerId())
                            .setProducerEpoch(state.epoch())
                            .setLastSequence(state.lastSequence())
                            .setLastTimestamp(state.lastTimestamp())
                            .setCoordinatorEpoch(state.coordinatorEpoch())
                            .setCurrentTxnStartOffset(state.transactionFirstOffset()));
        }
    }

    @Override
    public DescribeProducersResponse errorResponse(
            DescribeProducersRequest request, ErrorCode error, @Nullable String message) {
        DescribeProducersResponse response = new DescribeProducersResponse();
        for (TopicRequest topic : request.topics()) {
            TopicResponse answers = new TopicResponse().setName(topic.name());
            topic.partitionIndexes().forEach(index -> answers.partitions()
                    .add(new PartitionResponse()
                            .setPartitionIndex(index)
                            .setErrorCode(error.code())
                            .setErrorMessage(message)));
            response.topics().add(answers);
        }
        return response;
    }
}
