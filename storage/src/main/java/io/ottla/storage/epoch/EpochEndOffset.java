package io.ottla.storage.epoch;

/**
 * Where a leader epoch ends.
 *
 * @param epoch the largest epoch of the log that is not above the one asked for; {@link LeaderEpochs#NO_EPOCH} if unknown
 * @param endOffset the offset after the last record of that epoch; {@link LeaderEpochs#NO_OFFSET} if unknown
 */
public record EpochEndOffset(int epoch, long endOffset) {
    /** The answer for an epoch that the log cannot say anything about. */
    public static final EpochEndOffset UNKNOWN = new EpochEndOffset(LeaderEpochs.NO_EPOCH, LeaderEpochs.NO_OFFSET);

    public boolean isKnown() {
        return endOffset != LeaderEpochs.NO_OFFSET;
    }
}
