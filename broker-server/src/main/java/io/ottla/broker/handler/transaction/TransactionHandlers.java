package io.ottla.broker.handler.transaction;

import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.request.RequestHandler;
import java.util.List;

/** All APIs of the transaction coordinator but InitProducerId, for the registry. */
public final class TransactionHandlers {
    private TransactionHandlers() {}

    public static List<RequestHandler<?, ?>> of(TransactionCoordinator coordinator) {
        return List.of(
                new AddPartitionsToTxnHandler(coordinator),
                new AddOffsetsToTxnHandler(coordinator),
                new EndTxnHandler(coordinator),
                new DescribeTransactionsHandler(coordinator),
                new ListTransactionsHandler(coordinator));
    }
}
