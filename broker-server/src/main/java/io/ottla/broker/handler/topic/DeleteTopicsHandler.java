package io.ottla.broker.handler.topic;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteTopicsRequest;
import io.ottla.protocol.message.DeleteTopicsResponse;
import io.ottla.protocol.message.DeleteTopicsResponse.DeletableTopicResult;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Deletes topics by name, or by id from version 6 on (KIP-4, KIP-516). */
public final class DeleteTopicsHandler implements RequestHandler<DeleteTopicsRequest, DeleteTopicsResponse> {
    private final Function<DeleteTopicsRequest, ? extends CompletionStage<DeleteTopicsResponse>> controller;

    /** @param controller carries out the request; what is wrong with single topics is in its response */
    public DeleteTopicsHandler(
            Function<DeleteTopicsRequest, ? extends CompletionStage<DeleteTopicsResponse>> controller) {
        this.controller = controller;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DELETE_TOPICS;
    }

    @Override
    public CompletionStage<@Nullable DeleteTopicsResponse> handle(RequestContext context, DeleteTopicsRequest request) {
        return controller.apply(request).thenApply(response -> response);
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

    private static DeletableTopicResult failed(ErrorCode error, @Nullable String message) {
        return new DeletableTopicResult().setErrorCode(error.code()).setErrorMessage(message);
    }
}
