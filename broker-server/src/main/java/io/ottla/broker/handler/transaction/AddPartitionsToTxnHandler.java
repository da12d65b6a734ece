package io.ottla.broker.handler.transaction;

import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddPartitionsToTxnRequest;
import io.ottla.protocol.message.AddPartitionsToTxnResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** AddPartitionsToTxn (key 24): partitions become part of a transaction, or are found to be. Stateless. */
public final class AddPartitionsToTxnHandler
        implements RequestHandler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> {
    private final TransactionCoordinator coordinator;

    public AddPartitionsToTxnHandler(TransactionCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.ADD_PARTITIONS_TO_TXN;
    }

    @Override
    public CompletionStage<@Nullable AddPartitionsToTxnResponse> handle(
            RequestContext context, AddPartitionsToTxnRequest request) {
        return coordinator
                .partitions()
                .add(request, context.apiVersion(), context.connection().sequence())
                .thenApply(response -> response);
    }

    @Override
    public AddPartitionsToTxnResponse errorResponse(
            AddPartitionsToTxnRequest request, ErrorCode error, @Nullable String message) {
        return coordinator.partitions().failed(request, error);
    }
}
