package io.ottla.broker.handler.topic;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreatePartitionsRequest;
import io.ottla.protocol.message.CreatePartitionsResponse;
import io.ottla.protocol.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Adds partitions to topics (KIP-195). */
public final class CreatePartitionsHandler
        implements RequestHandler<CreatePartitionsRequest, CreatePartitionsResponse> {
    private final Function<CreatePartitionsRequest, ? extends CompletionStage<CreatePartitionsResponse>> controller;

    /** @param controller carries out the request; what is wrong with single topics is in its response */
    public CreatePartitionsHandler(
            Function<CreatePartitionsRequest, ? extends CompletionStage<CreatePartitionsResponse>> controller) {
        this.controller = controller;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.CREATE_PARTITIONS;
    }

    @Override
    public CompletionStage<@Nullable CreatePartitionsResponse> handle(
            RequestContext context, CreatePartitionsRequest request) {
        return controller.apply(request).thenApply(response -> response);
    }

    @Override
    public CreatePartitionsResponse errorResponse(
            CreatePartitionsRequest request, ErrorCode error, @Nullable String message) {
        CreatePartitionsResponse response = new CreatePartitionsResponse();
        request.topics().forEach(topic -> response.results()
                .add(new CreatePartitionsTopicResult()
                        .setName(topic.name())
                        .setErrorCode(error.code())
                        .setErrorMessage(message)));
        return response;
    }
}
