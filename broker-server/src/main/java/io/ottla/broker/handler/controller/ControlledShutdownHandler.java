package io.ottla.broker.handler.controller;

import io.ottla.broker.forward.ControllerHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.ControlledShutdownResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** ControlledShutdown (key 7): a broker is about to shut down, and wants to be led from no more. */
public final class ControlledShutdownHandler
        extends ControllerHandler<ControlledShutdownRequest, ControlledShutdownResponse> {

    public ControlledShutdownHandler(
            Function<ControlledShutdownRequest, ? extends CompletionStage<ControlledShutdownResponse>> controller) {
        super(ApiKey.CONTROLLED_SHUTDOWN, controller);
    }

    @Override
    public ControlledShutdownResponse errorResponse(
            ControlledShutdownRequest request, ErrorCode error, @Nullable String message) {
        return new ControlledShutdownResponse().setErrorCode(error.code());
    }

    @Override
    protected short errorCode(ControlledShutdownResponse response) {
        return response.errorCode();
    }
}
