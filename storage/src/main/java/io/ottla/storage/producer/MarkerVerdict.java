package io.ottla.storage.producer;

/** What a partition has to do with the marker of a transaction whose every end raises the producer's epoch (KIP-890). */
public enum MarkerVerdict {
    /** Its epoch is newer than that of the transaction here, or nothing is known of the producer: append it. */
    DUE,
    /** The transaction has been ended with this epoch before; there is nothing to do. */
    DONE,
    /** It is late: the producer has gone on to its next transaction, or a newer epoch (KAFKA-17754). */
    STALE
}
