package io.ottla.broker.handler.topic;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Creates topics (KIP-4). */
public final class CreateTopicsHandler implements RequestHandler<CreateTopicsRequest, CreateTopicsResponse> {
    private final Function<CreateTopicsRequest, ? extends CompletionStage<CreateTopicsResponse>> controller;

    /** @param controller carries out the request; what is wrong with single topics is in its response */
    public CreateTopicsHandler(
            Function<CreateTopicsRequest, ? extends CompletionStage<CreateTopicsResponse>> controller) {
        this.controller = controller;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.CREATE_TOPICS;
    }

    @Override
    public CompletionStage<@Nullable CreateTopicsResponse> handle(RequestContext context, CreateTopicsRequest request) {
        return controller.apply(request).thenApply(response -> response);
    }

    @Override
    public CreateTopicsResponse errorResponse(CreateTopicsRequest request, ErrorCode error, @Nullable String message) {
        CreateTopicsResponse response = new CreateTopicsResponse();
        request.topics().forEach(topic -> response.topics()
                .add(new CreatableTopicResult()
                        .setName(topic.name())
                        .setErrorCode(error.code())
                        .setErrorMessage(message)));
        return response;
    }
}
