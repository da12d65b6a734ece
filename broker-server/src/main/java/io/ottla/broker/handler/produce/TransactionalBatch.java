package io.ottla.broker.handler.produce;

import io.netty.buffer.ByteBuf;
import io.ottla.broker.handler.produce.TransactionVerifier.Claim;
import io.ottla.broker.handler.produce.TransactionVerifier.Terms;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.log.AppendResult;
import org.jspecify.annotations.Nullable;

/** What a produce has to do with transactions, by the bytes of its batches and by its version. */
final class TransactionalBatch {
    private static final short ABORTABLE_VERSION = 11;
    private static final short ADDING_VERSION = 12;

    private TransactionalBatch() {}

    /** Whether the payload, not yet validated, is transactional. */
    static boolean is(ByteBuf payload) {
        return payload.readableBytes() >= RecordBatch.RECORDS_AT
                && RecordBatch.magic(payload, payload.readerIndex()) == RecordBatch.MAGIC_V2
                && RecordBatch.isTransactional(payload, payload.readerIndex())
                && RecordBatch.hasProducerId(payload, payload.readerIndex());
    }

    static Claim claimOf(String transactionalId, ByteBuf payload, TopicPartition partition, short produceVersion) {
        return new Claim(
                transactionalId,
                RecordBatch.producerId(payload, payload.readerIndex()),
                RecordBatch.producerEpoch(payload, payload.readerIndex()),
                partition,
                termsOf(produceVersion));
    }

    private static Terms termsOf(short produceVersion) {
        if (produceVersion >= ADDING_VERSION) {
            return Terms.ADD;
        }
        return produceVersion >= ABORTABLE_VERSION ? Terms.VERIFY_ABORTABLE : Terms.VERIFY;
    }

    /**
     * What the client is told if the coordinator does not let the batch in. Errors that older clients would not retry, or
     * would ask for metadata about, become one on which all of them send the batch again.
     */
    static AppendResult refusal(ErrorCode error, short produceVersion) {
        return switch (error) {
            case INVALID_TXN_STATE -> failed(error, "the partition was not added to the transaction");
            case CONCURRENT_TRANSACTIONS ->
                produceVersion >= ADDING_VERSION
                        ? failed(error, null)
                        : failed(ErrorCode.NOT_ENOUGH_REPLICAS, unverified(error));
            case NETWORK_EXCEPTION, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR ->
                failed(ErrorCode.NOT_ENOUGH_REPLICAS, unverified(error));
            default -> failed(error, null);
        };
    }

    private static String unverified(ErrorCode error) {
        return "whether the partition is part of the transaction could not be verified: " + error;
    }

    private static AppendResult failed(ErrorCode error, @Nullable String message) {
        return AppendResult.failed(error, message == null ? error.message() : message, -1);
    }
}
