package io.ottla.broker.handler.controller;

import io.ottla.broker.forward.ControllerHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AllocateProducerIdsRequest;
import io.ottla.protocol.message.AllocateProducerIdsResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** AllocateProducerIds (key 67): a broker wants a block of producer ids (KIP-730). */
public final class AllocateProducerIdsHandler
        extends ControllerHandler<AllocateProducerIdsRequest, AllocateProducerIdsResponse> {

    public AllocateProducerIdsHandler(
            Function<AllocateProducerIdsRequest, ? extends CompletionStage<AllocateProducerIdsResponse>> controller) {
        super(ApiKey.ALLOCATE_PRODUCER_IDS, controller);
    }

    @Override
    public AllocateProducerIdsResponse errorResponse(
            AllocateProducerIdsRequest request, ErrorCode error, @Nullable String message) {
        return new AllocateProducerIdsResponse().setErrorCode(error.code());
    }

    @Override
    protected short errorCode(AllocateProducerIdsResponse response) {
        return response.errorCode();
    }
}
