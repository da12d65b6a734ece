package io.ottla.broker.handler.controller;

import io.ottla.broker.forward.ControllerHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.UpdateFeaturesRequest;
import io.ottla.protocol.message.UpdateFeaturesResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** UpdateFeatures (key 57): features are to be raised or lowered for the whole cluster (KIP-584). Stateless. */
public final class UpdateFeaturesHandler extends ControllerHandler<UpdateFeaturesRequest, UpdateFeaturesResponse> {

    public UpdateFeaturesHandler(
            Function<UpdateFeaturesRequest, ? extends CompletionStage<UpdateFeaturesResponse>> controller) {
        super(ApiKey.UPDATE_FEATURES, controller);
    }

    @Override
    public UpdateFeaturesResponse errorResponse(
            UpdateFeaturesRequest request, ErrorCode error, @Nullable String message) {
        return new UpdateFeaturesResponse().setErrorCode(error.code()).setErrorMessage(message);
    }

    @Override
    protected short errorCode(UpdateFeaturesResponse response) {
        return response.errorCode();
    }
}
