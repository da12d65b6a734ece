package io.ottla.broker.handler.marker;

import io.ottla.protocol.error.ErrorCode;
import java.util.concurrent.CompletionStage;

/** Port: the coordinator of groups, which has to know of transactions in the partitions of its topic that they end. */
@FunctionalInterface
public interface OffsetTransactions {
    /** Ends the transaction of a producer in a partition of groups' offsets; NONE once that is committed. Never fails. */
    CompletionStage<ErrorCode> end(int partition, TransactionMarker marker);
}
