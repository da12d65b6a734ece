package io.ottla.broker.handler.controller;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.AlterPartitionResponse;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** AlterPartition (key 56): a leader wants other replicas in sync (KIP-497). */
public final class AlterPartitionHandler implements RequestHandler<AlterPartitionRequest, AlterPartitionResponse> {

    private final Function<AlterPartitionRequest, ? extends CompletionStage<AlterPartitionResponse>> controller;

    /** @param controller carries out the request; fails with NOT_CONTROLLER where it cannot */
    public AlterPartitionHandler(
            Function<AlterPartitionRequest, ? extends CompletionStage<AlterPartitionResponse>> controller) {
        this.controller = controller;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.ALTER_PARTITION;
    }

    @Override
    public CompletionStage<@Nullable AlterPartitionResponse> handle(
            RequestContext context, AlterPartitionRequest request) {
        return controller.apply(request).thenApply(response -> response);
    }

    @Override
    public AlterPartitionResponse errorResponse(
            AlterPartitionRequest request, ErrorCode error, @Nullable String message) {
        return new AlterPartitionResponse().setErrorCode(error.code());
    }
}
