package io.ottla.broker.handler.controller;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ElectLeadersRequest;
import io.ottla.protocol.message.ElectLeadersRequest.TopicPartitions;
import io.ottla.protocol.message.ElectLeadersResponse;
import io.ottla.protocol.message.ElectLeadersResponse.PartitionResult;
import io.ottla.protocol.message.ElectLeadersResponse.ReplicaElectionResult;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** ElectLeaders (key 43): preferred replicas, or any that live, are to lead (KIP-183, KIP-460). */
public final class ElectLeadersHandler implements RequestHandler<ElectLeadersRequest, ElectLeadersResponse> {

    private final Function<ElectLeadersRequest, ? extends CompletionStage<ElectLeadersResponse>> controller;

    /** @param controller carries out the request; fails with NOT_CONTROLLER where it cannot */
    public ElectLeadersHandler(
            Function<ElectLeadersRequest, ? extends CompletionStage<ElectLeadersResponse>> controller) {
        this.controller = controller;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.ELECT_LEADERS;
    }

    @Override
    public CompletionStage<@Nullable ElectLeadersResponse> handle(RequestContext context, ElectLeadersRequest request) {
        return controller.apply(request).thenApply(response -> response);
    }

    @Override
    public ElectLeadersResponse errorResponse(ElectLeadersRequest request, ErrorCode error, @Nullable String message) {
        List<TopicPartitions> wanted = request.topicPartitions();
        if (wanted == null) {
            return new ElectLeadersResponse().setErrorCode(error.code());
        }
        ElectLeadersResponse response = new ElectLeadersResponse();
        wanted.forEach(topic -> response.replicaElectionResults().add(failed(topic, error, message)));
        return response;
    }

    /** The place that every version has. */
    private static ReplicaElectionResult failed(TopicPartitions topic, ErrorCode error, @Nullable String message) {
        ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
        topic.partitions().forEach(number -> result.partitionResult()
                .add(new PartitionResult()
                        .setPartitionId(number)
                        .setErrorCode(error.code())
                        .setErrorMessage(message)));
        return result;
    }
}
