package io.ottla.broker.coordinator.runtime;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;

/** Appends to the partitions of one internal topic. */
public interface PartitionWriter {
    /**
     * Appends one batch as {@code acks=all} does. Called on the partition's home loop, one append at a time per partition.
     *
     * <p>The stage completes when the batch is committed, on any thread, however long that takes: the caller answers its
     * clients by its own deadline. It fails with an {@code ApiException} only if the batch will not be committed by this
     * leader: {@code NOT_ENOUGH_REPLICAS}, {@code MESSAGE_TOO_LARGE}, {@code RECORD_LIST_TOO_LARGE},
     * {@code UNKNOWN_TOPIC_OR_PARTITION} and {@code INVALID_RECORD} if it was not written, any other if it may have been.
     *
     * @param partition number of the partition
     * @param leaderEpoch the epoch in which the caller was elected; the append fails in any other
     * @param batch one record batch with base offset 0; owned by the callee from now on
     * @return the base offset
     */
    CompletionStage<Long> append(int partition, int leaderEpoch, ByteBuf batch);

    /**
     * As {@link #append(int, int, ByteBuf)}, for a batch that may be part of a transaction or end one. It fails besides with
     * {@code INVALID_TXN_STATE}, {@code INVALID_PRODUCER_EPOCH} and {@code TRANSACTION_COORDINATOR_FENCED}, in which case
     * it was not written. A marker that is in the log already completes with -1.
     */
    default CompletionStage<Long> append(int partition, int leaderEpoch, ByteBuf batch, BatchKind kind) {
        if (kind != BatchKind.Plain.PLAIN) {
            throw new UnsupportedOperationException("this topic has no transactions");
        }
        return append(partition, leaderEpoch, batch);
    }
}
