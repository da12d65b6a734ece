package io.ottla.broker.handler.transaction;

import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ListTransactionsRequest;
import io.ottla.protocol.message.ListTransactionsResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** ListTransactions (key 66): the transactional ids coordinated here. Stateless. */
public final class ListTransactionsHandler
        implements RequestHandler<ListTransactionsRequest, ListTransactionsResponse> {
    private final TransactionCoordinator coordinator;

    public ListTransactionsHandler(TransactionCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.LIST_TRANSACTIONS;
    }

    @Override
    public CompletionStage<@Nullable ListTransactionsResponse> handle(
            RequestContext context, ListTransactionsRequest request) {
        return coordinator.administration().list(request).thenApply(response -> response);
    }

    @Override
    public ListTransactionsResponse errorResponse(
            ListTransactionsRequest request, ErrorCode error, @Nullable String message) {
        return new ListTransactionsResponse().setErrorCode(error.code());
    }
}
