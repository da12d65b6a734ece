package io.ottla.broker.handler.controller;

import io.ottla.broker.forward.ControllerHandler;
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
public final class ElectLeadersHandler extends ControllerHandler<ElectLeadersRequest, ElectLeadersResponse> {

    public ElectLeadersHandler(
            Function<ElectLeadersRequest, ? extends CompletionStage<ElectLeadersResponse>> controller) {
        super(ApiKey.ELECT_LEADERS, controller);
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

    @Override
    protected short errorCode(ElectLeadersResponse response) {
        return response.replicaElectionResults().stream()
                .flatMap(topic -> topic.partitionResult().stream())
                .findFirst()
                .map(PartitionResult::errorCode)
                .orElse(response.errorCode());
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
