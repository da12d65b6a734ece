package io.ottla.broker.handler.produce;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.message.ProduceRequest.PartitionProduceData;
import io.ottla.protocol.message.ProduceRequest.TopicProduceData;
import io.ottla.protocol.message.ProduceResponse;
import io.ottla.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.protocol.message.ProduceResponse.TopicProduceResponse;
import io.ottla.replication.partition.PartitionLocator;
import io.ottla.replication.partition.PartitionSet;
import io.ottla.replication.partition.RequiredAcks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Produce (key 0), of idempotent and transactional producers as well. */
public final class ProduceHandler implements RequestHandler<ProduceRequest, ProduceResponse> {

    private final PartitionLocator locator;
    private final TransactionGate gate;
    private final int loopCount;

    /** @param gate lets batches of transactions in */
    public ProduceHandler(PartitionLocator locator, PartitionSet partitions, TransactionGate gate) {
        this.locator = locator;
        this.gate = gate;
        this.loopCount = partitions.loopCount();
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.PRODUCE;
    }

    @Override
    public CompletionStage<@Nullable ProduceResponse> handle(RequestContext context, ProduceRequest request) {
        RequiredAcks acks = RequiredAcks.forCode(request.acks());
        if (acks == null) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUIRED_ACKS, "acks is " + request.acks() + ", expected -1, 0 or 1");
        }
        return new ProduceCall(context, request, acks, locator, gate).start(loopCount);
    }

    @Override
    public @Nullable ProduceResponse errorResponse(ProduceRequest request, ErrorCode error, @Nullable String message) {
        if (request.acks() == 0) {
            return null;
        }
        List<TopicProduceResponse> topics = new ArrayList<>();
        for (TopicProduceData topic : request.topicData()) {
            List<PartitionProduceResponse> partitions = new ArrayList<>();
            for (PartitionProduceData partition : topic.partitionData()) {
                partitions.add(new PartitionProduceResponse()
                        .setIndex(partition.index())
                        .setErrorCode(error.code())
                        .setErrorMessage(message)
                        .setBaseOffset(-1));
            }
            topics.add(new TopicProduceResponse()
                    .setName(topic.name())
                    .setTopicId(topic.topicId())
                    .setPartitionResponses(partitions));
        }
        return new ProduceResponse().setResponses(topics);
    }
}
