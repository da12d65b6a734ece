package io.ottla.broker.handler.topic;

import io.ottla.broker.forward.ControllerHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsResponse;
import io.ottla.protocol.message.DeleteTopicsResponse.DeletableTopicResult;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Deletes topics by name, or by id from version 6 on (KIP-4, KIP-516). */
public final class DeleteTopicsHandler extends ControllerHandler<DeleteTopicsRequest, DeleteTopicsResponse> {

    public DeleteTopicsHandler(
            Function<DeleteTopicsRequest, ? extends CompletionStage<DeleteTopicsResponse>> controller) {
        super(ApiKey.DELETE_TOPICS, controller);
    }

    @Override
    public DeleteTopicsResponse errorResponse(DeleteTopicsRequest request, ErrorCode error, @Nullable String message) {
        DeleteTopicsResponse response = new DeleteTopicsResponse();
        request.topicNames()
                .forEach(name -> response.responses().add(failed(error, message).setName(name)));
        request.topics().forEach(topic -> response.responses()
                .add(failed(error, message).setName(topic.name()).setTopicId(topic.topicId())));
        return response;
    }

    @Override
    protected short errorCode(DeleteTopicsResponse response) {
        return response.responses().isEmpty() ? 0 : response.responses().get(0).errorCode();
    }

    private static DeletableTopicResult failed(ErrorCode error, @Nullable String message) {
        return new DeletableTopicResult().setErrorCode(error.code()).setErrorMessage(message);
    }
}
