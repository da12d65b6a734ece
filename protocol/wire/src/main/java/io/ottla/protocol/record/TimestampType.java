package io.ottla.protocol.record;

/** Whose clock the timestamps of a topic's records come from. */
public enum TimestampType {
    /** The producer's: each record keeps the time it was sent with. */
    CREATE_TIME,
    /** The broker's: all records of a batch have the time at which it was appended. */
    LOG_APPEND_TIME
}
