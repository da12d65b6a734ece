package io.ottla.broker.handler.transaction;

import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddOffsetsToTxnRequest;
import io.ottla.protocol.message.AddOffsetsToTxnResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** AddOffsetsToTxn (key 25): the offsets of a group become part of a transaction. Stateless. */
public final class AddOffsetsToTxnHandler implements RequestHandler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse> {
    private final TransactionCoordinator coordinator;

    public AddOffsetsToTxnHandler(TransactionCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.ADD_OFFSETS_TO_TXN;
    }

    @Override
    public CompletionStage<@Nullable AddOffsetsToTxnResponse> handle(
            RequestContext context, AddOffsetsToTxnRequest request) {
        return coordinator
                .partitions()
                .addOffsets(request, context.apiVersion(), context.connection().sequence())
                .thenApply(response -> response);
    }

    @Override
    public AddOffsetsToTxnResponse errorResponse(
            AddOffsetsToTxnRequest request, ErrorCode error, @Nullable String message) {
        return new AddOffsetsToTxnResponse().setErrorCode(error.code());
    }
}
