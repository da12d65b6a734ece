package io.ottla.broker.handler.controller;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AllocateProducerIdsRequest;
import io.ottla.protocol.message.AllocateProducerIdsResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** AllocateProducerIds (key 67): a broker wants a block of producer ids (KIP-730). */
public final class AllocateProducerIdsHandler
        implements RequestHandler<AllocateProducerIdsRequest, AllocateProducerIdsResponse> {

    private final Function<AllocateProducerIdsRequest, ? extends CompletionStage<AllocateProducerIdsResponse>>
            controller;

    /** @param controller carries out the request; fails with NOT_CONTROLLER where it cannot */
    public AllocateProducerIdsHandler(
            Function<AllocateProducerIdsRequest, ? extends CompletionStage<AllocateProducerIdsResponse>> controller) {
        this.controller = controller;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.ALLOCATE_PRODUCER_IDS;
    }

    @Override
    public CompletionStage<@Nullable AllocateProducerIdsResponse> handle(
            RequestContext context, AllocateProducerIdsRequest request) {
        return controller.apply(request).thenApply(response -> response);
    }

    @Override
    public AllocateProducerIdsResponse errorResponse(
            AllocateProducerIdsRequest request, ErrorCode error, @Nullable String message) {
        return new AllocateProducerIdsResponse().setErrorCode(error.code());
    }
}
