package io.ottla.broker.handler.replica;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataResponse;
import io.ottla.replication.metadata.ControllerFence;
import io.ottla.replication.metadata.MetadataCache;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** UpdateMetadata (key 6), also for the controller of the same process. */
public final class UpdateMetadataHandler implements RequestHandler<UpdateMetadataRequest, UpdateMetadataResponse> {

    private final MetadataCache metadata;
    private final ControllerFence fence;

    public UpdateMetadataHandler(MetadataCache metadata, ControllerFence fence) {
        this.metadata = metadata;
        this.fence = fence;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.UPDATE_METADATA;
    }

    @Override
    public CompletionStage<@Nullable UpdateMetadataResponse> handle(
            RequestContext context, UpdateMetadataRequest request) {
        return CompletableFuture.completedFuture(apply(request));
    }

    /** Applies the update unless its controller or broker epoch is stale. Any thread. */
    public UpdateMetadataResponse apply(UpdateMetadataRequest request) {
        ErrorCode refusal = fence.admit(request.controllerEpoch(), request.brokerEpoch());
        if (refusal == ErrorCode.NONE) {
            metadata.apply(request);
        }
        return new UpdateMetadataResponse().setErrorCode(refusal.code());
    }

    @Override
    public UpdateMetadataResponse errorResponse(
            UpdateMetadataRequest request, ErrorCode error, @Nullable String message) {
        return new UpdateMetadataResponse().setErrorCode(error.code());
    }
}
