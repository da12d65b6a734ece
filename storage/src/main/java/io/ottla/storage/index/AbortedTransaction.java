package io.ottla.storage.index;

/**
 * An aborted transaction as the transaction index keeps it.
 *
 * @param producerId whose transaction it was
 * @param firstOffset offset of its first record
 * @param lastOffset offset of its abort marker
 * @param lastStableOffset the last stable offset when the marker was appended
 */
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
