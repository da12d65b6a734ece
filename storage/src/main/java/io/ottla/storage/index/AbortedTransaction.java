package io.ottla.storage.index;

import io.ottla.storage.producer.CompletedTransaction;

/**
 * An aborted transaction as the transaction index keeps it.
 *
 * @param producerId whose transaction it was
 * @param firstOffset offset of its first record
 * @param lastOffset offset of its abort marker
 * @param lastStableOffset the last stable offset when the marker was appended
 */
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {
    /** The entry of a transaction whose abort marker has been appended. */
    public static AbortedTransaction of(CompletedTransaction completed) {
        return new AbortedTransaction(
                completed.producerId(), completed.firstOffset(), completed.lastOffset(), completed.lastStableOffset());
    }
}
