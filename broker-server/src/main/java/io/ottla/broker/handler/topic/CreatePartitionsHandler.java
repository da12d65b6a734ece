package io.ottla.broker.handler.topic;

import io.ottla.broker.forward.ControllerHandler;
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
        extends ControllerHandler<CreatePartitionsRequest, CreatePartitionsResponse> {

    public CreatePartitionsHandler(
            Function<CreatePartitionsRequest, ? extends CompletionStage<CreatePartitionsResponse>> controller) {
        super(ApiKey.CREATE_PARTITIONS, controller);
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

    @Override
    protected short errorCode(CreatePartitionsResponse response) {
        return response.results().isEmpty() ? 0 : response.results().get(0).errorCode();
    }
}
