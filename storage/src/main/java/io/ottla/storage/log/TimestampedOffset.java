package io.ottla.storage.log;

/**
 * A record found by its time.
 *
 * @param timestampMs the record's timestamp
 * @param offset the record's offset
 * @param leaderEpoch the leader epoch of its batch, -1 if unknown
 */
public record TimestampedOffset(long timestampMs, long offset, int leaderEpoch) {}
