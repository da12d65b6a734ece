package io.ottla.broker.handler.topic;

import io.ottla.broker.forward.ControllerHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.CreateTopicsRequest;
import io.ottla.protocol.message.CreateTopicsResponse;
import io.ottla.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Creates topics (KIP-4). */
public final class CreateTopicsHandler extends ControllerHandler<CreateTopicsRequest, CreateTopicsResponse> {

    public CreateTopicsHandler(
            Function<CreateTopicsRequest, ? extends CompletionStage<CreateTopicsResponse>> controller) {
        super(ApiKey.CREATE_TOPICS, controller);
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

    @Override
    protected short errorCode(CreateTopicsResponse response) {
        return firstErrorCode(response);
    }

    /** The error of the first topic, which is that of all if this was not the controller. */
    public static short firstErrorCode(CreateTopicsResponse response) {
        return response.topics().isEmpty() ? 0 : response.topics().get(0).errorCode();
    }
}
