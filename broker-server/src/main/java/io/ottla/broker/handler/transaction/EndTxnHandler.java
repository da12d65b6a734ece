package io.ottla.broker.handler.transaction;

import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.EndTxnRequest;
import io.ottla.protocol.message.EndTxnResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** EndTxn (key 26): a transaction is committed or aborted. Stateless. */
public final class EndTxnHandler implements RequestHandler<EndTxnRequest, EndTxnResponse> {
    private final TransactionCoordinator coordinator;

    public EndTxnHandler(TransactionCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.END_TXN;
    }

    @Override
    public CompletionStage<@Nullable EndTxnResponse> handle(RequestContext context, EndTxnRequest request) {
        return coordinator
                .endTransaction(
                        request, context.apiVersion(), context.connection().sequence())
                .thenApply(response -> response);
    }

    @Override
    public EndTxnResponse errorResponse(EndTxnRequest request, ErrorCode error, @Nullable String message) {
        return new EndTxnResponse().setErrorCode(error.code());
    }
}
