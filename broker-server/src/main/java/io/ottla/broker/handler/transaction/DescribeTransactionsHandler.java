package io.ottla.broker.handler.transaction;

import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeTransactionsRequest;
import io.ottla.protocol.message.DescribeTransactionsResponse;
import io.ottla.protocol.message.DescribeTransactionsResponse.TransactionState;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** DescribeTransactions (key 65): where transactional ids stand. Stateless. */
public final class DescribeTransactionsHandler
        implements RequestHandler<DescribeTransactionsRequest, DescribeTransactionsResponse> {
    private final TransactionCoordinator coordinator;

    public DescribeTransactionsHandler(TransactionCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DESCRIBE_TRANSACTIONS;
    }

    @Override
    public CompletionStage<@Nullable DescribeTransactionsResponse> handle(
            RequestContext context, DescribeTransactionsRequest request) {
        return coordinator.administration().describe(request).thenApply(response -> response);
    }

    @Override
    public DescribeTransactionsResponse errorResponse(
            DescribeTransactionsRequest request, ErrorCode error, @Nullable String message) {
        DescribeTransactionsResponse response = new DescribeTransactionsResponse();
        request.transactionalIds().forEach(id -> response.transactionStates()
                .add(new TransactionState().setTransactionalId(id).setErrorCode(error.code())));
        return response;
    }
}
