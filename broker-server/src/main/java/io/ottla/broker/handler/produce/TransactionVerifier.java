package io.ottla.broker.handler.produce;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import java.util.concurrent.CompletionStage;

/** Port: asks the coordinator of a transaction whether a partition is part of it (KIP-890). Any thread. */
@FunctionalInterface
public interface TransactionVerifier {

    /**
     * A batch of a transaction wants to be the first one in a partition.
     *
     * @param partition where it is to be appended
     */
    record Claim(String transactionalId, long producerId, short producerEpoch, TopicPartition partition, Terms terms) {}

    /** What the client knows of, which depends on the version of its request. */
    enum Terms {
        /** The client has added the partition itself, and takes INVALID_TXN_STATE for fatal. */
        VERIFY,
        /** The client has added the partition itself, and aborts after TRANSACTION_ABORTABLE. */
        VERIFY_ABORTABLE,
        /** The partition becomes part of the transaction by this (transactions of version 2). */
        ADD;

        /** Whether each transaction has an epoch of its own, so that its first batch in a partition has sequence 0. */
        boolean beginsEpoch() {
            return this == ADD;
        }

        boolean verifiesOnly() {
            return this != ADD;
        }
    }

    /**
     * NONE if the partition is part of the transaction, or has become so; else why not. NETWORK_EXCEPTION if the
     * coordinator did not answer. Never fails.
     */
    CompletionStage<ErrorCode> verify(Claim claim);
}
