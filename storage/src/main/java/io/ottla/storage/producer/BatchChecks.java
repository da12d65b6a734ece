package io.ottla.storage.producer;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.producer.ProducerVerdict.Accepted;
import io.ottla.storage.producer.ProducerVerdict.Duplicate;
import io.ottla.storage.producer.ProducerVerdict.Rejected;
import org.jspecify.annotations.Nullable;

/** What the state of a producer says about a batch of it that is to be appended. */
final class BatchChecks {

    private BatchChecks() {}

    /** Where the batch is in the log already, if it is one of the producer's last ones; else null. */
    static @Nullable Duplicate duplicate(ProducerState state, ByteBuf buffer, int position) {
        int found = state.findBatch(
                RecordBatch.producerEpoch(buffer, position),
                RecordBatch.baseSequence(buffer, position),
                RecordBatch.lastSequence(buffer, position));
        return found < 0
                ? null
                : new Duplicate(
                        state.batchBaseOffset(found), state.batchLastOffset(found), state.batchTimestamp(found));
    }

    /** Whether a batch of records has the sequence and the epoch that are due, and may be part of what is open. */
    static ProducerVerdict data(ProducerState state, ByteBuf buffer, int position, AppendOrigin origin) {
        short epoch = RecordBatch.producerEpoch(buffer, position);
        if (origin == AppendOrigin.CLIENT) {
            int baseSequence = RecordBatch.baseSequence(buffer, position);
            if (epoch >= state.epoch() && !isInSequence(state, epoch, baseSequence)) {
                return outOfSequence(state, epoch, baseSequence);
            }
        }
        if (epoch < state.epoch()) {
            return fenced(state, epoch);
        }
        if (state.isInTransaction() && !RecordBatch.isTransactional(buffer, position)) {
            return new Rejected(
                    ErrorCode.INVALID_TXN_STATE,
                    "batch of producer " + state.producerId()
                            + " is not transactional, but its transaction is open since offset "
                            + state.transactionFirstOffset());
        }
        return Accepted.ACCEPTED;
    }

    private static boolean isInSequence(ProducerState state, short epoch, int baseSequence) {
        if (state.epoch() == RecordBatch.NO_PRODUCER_EPOCH) {
            return true;
        }
        if (epoch != state.epoch()) {
            return baseSequence == 0;
        }
        int last = state.lastSequence();
        return baseSequence == last + 1L || (baseSequence == 0 && last == Integer.MAX_VALUE);
    }

    private static ProducerVerdict outOfSequence(ProducerState state, short epoch, int baseSequence) {
        String expected = epoch == state.epoch()
                ? "the last sequence is " + state.lastSequence()
                : "a new epoch after " + state.epoch() + " begins with 0";
        return new Rejected(
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "sequence " + baseSequence + " of producer " + state.producerId() + " epoch " + epoch
                        + " is out of order, " + expected);
    }

    private static ProducerVerdict fenced(ProducerState state, short epoch) {
        return new Rejected(
                ErrorCode.INVALID_PRODUCER_EPOCH,
                "epoch " + epoch + " of producer " + state.producerId() + " is older than " + state.epoch()
                        + ", the newest this partition has seen");
    }

    /**
     * Whether a marker is of no producer or coordinator of the past.
     *
     * @param marker what it says; null if nothing can be read in it
     */
    static ProducerVerdict marker(ProducerState state, short epoch, @Nullable EndTransactionMarker marker) {
        if (epoch < state.epoch()) {
            return fenced(state, epoch);
        }
        if (marker != null && marker.coordinatorEpoch() < state.coordinatorEpoch()) {
            return new Rejected(
                    ErrorCode.TRANSACTION_COORDINATOR_FENCED,
                    "coordinator epoch " + marker.coordinatorEpoch() + " of a marker for producer " + state.producerId()
                            + " is older than " + state.coordinatorEpoch() + ", the newest this partition has seen");
        }
        return Accepted.ACCEPTED;
    }
}
