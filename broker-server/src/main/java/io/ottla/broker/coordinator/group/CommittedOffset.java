package io.ottla.broker.coordinator.group;

import io.ottla.protocol.message.OffsetCommitValue;

/**
 * An offset that a group committed for a partition.
 *
 * @param leaderEpoch epoch of the last consumed record, -1 if not known
 * @param metadata the client's note, possibly empty
 * @param expireTimestampMs when it expires by the client's wish, {@link #NO_EXPIRY} if the broker's retention decides
 */
record CommittedOffset(long offset, int leaderEpoch, String metadata, long commitTimestampMs, long expireTimestampMs) {
    static final long NO_EXPIRY = -1;

    static CommittedOffset of(OffsetCommitValue value) {
        return new CommittedOffset(
                value.offset(),
                value.leaderEpoch(),
                value.metadata(),
                value.commitTimestamp(),
                value.expireTimestamp());
    }

    boolean hasExpiry() {
        return expireTimestampMs != NO_EXPIRY;
    }
}
