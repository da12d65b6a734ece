package io.ottla.replication.partition;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.producer.ProducerState;
import io.ottla.storage.producer.ProducerStates;
import org.jspecify.annotations.Nullable;

/**
 * A batch that its producer seems to send again: its sequences are not behind the last ones that are known of the producer in
 * this epoch, but it is none of the few batches that are remembered. Whether it is in the log, only the log says: what is known
 * of a producer need not have begun with its first sequence.
 *
 * @param latestOffset the last offset of the batch can be no later one: each sequence after its own has taken an offset
 */
record RepeatedBatch(long producerId, short epoch, int baseSequence, int lastSequence, long latestOffset) {

    /** Sequences wrap; what is further back than this lies ahead. */
    private static final int HALF_OF_ALL_SEQUENCES = 1 << 30;

    /** The batch in {@code payload}, if it looks like a repeated one; else null. On the partition's home loop. */
    static @Nullable RepeatedBatch of(ByteBuf payload, ProducerStates producers) {
        int position = payload.readerIndex();
        long producerId = RecordBatch.producerId(payload, position);
        short epoch = RecordBatch.producerEpoch(payload, position);
        ProducerState state = producers.producer(producerId);
        if (state == null || state.epoch() != epoch || state.lastSequence() == RecordBatch.NO_SEQUENCE) {
            return null;
        }
        int lastSequence = RecordBatch.lastSequence(payload, position);
        int behind = (state.lastSequence() - lastSequence) & Integer.MAX_VALUE;
        return behind >= HALF_OF_ALL_SEQUENCES
                ? null
                : new RepeatedBatch(
                        producerId,
                        epoch,
                        RecordBatch.baseSequence(payload, position),
                        lastSequence,
                        state.lastOffset() - behind);
    }

    int recordCount() {
        return ((lastSequence - baseSequence) & Integer.MAX_VALUE) + 1;
    }

    /** Whether it is the batch at that position of a log. */
    boolean isAt(ByteBuf buffer, int position) {
        return RecordBatch.producerId(buffer, position) == producerId
                && RecordBatch.producerEpoch(buffer, position) == epoch
                && RecordBatch.baseSequence(buffer, position) == baseSequence
                && RecordBatch.lastSequence(buffer, position) == lastSequence;
    }
}
