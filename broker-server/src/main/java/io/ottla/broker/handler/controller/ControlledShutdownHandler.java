package io.ottla.broker.handler.controller;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.ControlledShutdownResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** ControlledShutdown (key 7): a broker is about to shut down, and wants to be led from no more. */
public final class ControlledShutdownHandler
        implements RequestHandler<ControlledShutdownRequest, ControlledShutdownResponse> {

    private final Function<ControlledShutdownRequest, ? extends CompletionStage<ControlledShutdownResponse>> controller;

    /** @param controller carries out the request; fails with NOT_CONTROLLER where it cannot */
    public ControlledShutdownHandler(
            Function<ControlledShutdownRequest, ? extends CompletionStage<ControlledShutdownResponse>> controller) {
        this.controller = controller;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.CONTROLLED_SHUTDOWN;
    }

    @Override
    public CompletionStage<@Nullable ControlledShutdownResponse> handle(
            RequestContext context, ControlledShutdownRequest request) {
        return controller.apply(request).thenApply(response -> response);
    }

    @Override
    public ControlledShutdownResponse errorResponse(
            ControlledShutdownRequest request, ErrorCode error, @Nullable String message) {
        return new ControlledShutdownResponse().setErrorCode(error.code());
    }
}
