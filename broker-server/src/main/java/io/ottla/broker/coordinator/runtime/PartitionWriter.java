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
     * {@code UNKNOWN_TOPIC_OR_PARTITION} and {@code INVALID_RECORD} if it was not written, and so are {@code
     * INVALID_TXN_STATE}, {@code INVALID_PRODUCER_EPOCH} and {@code TRANSACTION_COORDINATOR_FENCED} of a batch that is part of
     * a transaction, or ends one; any other if it may have been.
     *
     * @param partition number of the partition
     * @param leaderEpoch the epoch in which the caller was elected; the append fails in any other
     * @param batch one record batch with base offset 0; owned by the callee from now on
     * @param kind what the batch has to do with transactions
     * @return the base offset; -1 of a marker that is in the log already
     */
    CompletionStage<Long> append(int partition, int leaderEpoch, ByteBuf batch, BatchKind kind);
}
