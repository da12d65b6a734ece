package io.ottla.storage.producer;

import io.ottla.protocol.record.EndTransactionMarker;

/**
 * A transaction that a marker has ended in this partition. An aborted one is due in the transaction index.
 *
 * @param producerId whose transaction it was
 * @param firstOffset offset of its first record in the partition
 * @param lastOffset offset of its marker
 * @param outcome committed or aborted
 * @param lastStableOffset the first offset that is still undecided once this transaction is not, regardless of the high
 *     watermark; the offset after the marker if nothing else is undecided
 */
public record CompletedTransaction(
        long producerId,
        long firstOffset,
        long lastOffset,
        EndTransactionMarker.Outcome outcome,
        long lastStableOffset) {
    public boolean isAborted() {
        return outcome == EndTransactionMarker.Outcome.ABORT;
    }
}
