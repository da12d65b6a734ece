package io.ottla.broker.handler.marker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.message.WriteTxnMarkersRequest.WritableTxnMarker;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;

/**
 * The end of one producer's transaction.
 *
 * @param producerEpoch the epoch that the producer has from now on
 * @param raisesEpoch whether that is greater than the transaction's own, as in transactions of version 2
 */
public record TransactionMarker(
        long producerId, short producerEpoch, boolean raisesEpoch, EndTransactionMarker marker) {
    private static final int BATCH_BYTES = 128;
    private static final int FIRST_RAISING_VERSION = 2;

    static TransactionMarker of(WritableTxnMarker wanted) {
        Outcome outcome = wanted.transactionResult() ? Outcome.COMMIT : Outcome.ABORT;
        return new TransactionMarker(
                wanted.producerId(),
                wanted.producerEpoch(),
                wanted.transactionVersion() >= FIRST_RAISING_VERSION,
                new EndTransactionMarker(outcome, wanted.coordinatorEpoch()));
    }

    /** The control batch, in a buffer that the caller releases. */
    public ByteBuf toBatch(long nowMs) {
        ByteBuf batch = Unpooled.buffer(BATCH_BYTES);
        RecordBatchBuilder builder = new RecordBatchBuilder(batch, nowMs)
                .producer(producerId, producerEpoch, RecordBatch.NO_SEQUENCE)
                .transactional()
                .control();
        marker.appendTo(builder, nowMs).build();
        return batch;
    }
}
