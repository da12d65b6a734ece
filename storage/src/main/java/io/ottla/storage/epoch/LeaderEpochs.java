package io.ottla.storage.epoch;

import java.util.Arrays;

/**
 * The leader epochs of a log with the offset each of them starts at, both strictly increasing. Immutable; a change makes a
 * new value, and no change returns the same one, so that {@code !=} tells whether a checkpoint must be written.
 */
public final class LeaderEpochs {
    public static final int NO_EPOCH = -1;
    public static final long NO_OFFSET = -1L;

    /** The epochs of an empty log. */
    public static final LeaderEpochs EMPTY = new LeaderEpochs(new int[0], new long[0]);

    private final int[] epochs;
    private final long[] startOffsets;

    private LeaderEpochs(int[] epochs, long[] startOffsets) {
        this.epochs = epochs;
        this.startOffsets = startOffsets;
    }

    public int size() {
        return epochs.length;
    }

    public boolean isEmpty() {
        return epochs.length == 0;
    }

    /** The {@code index}-th epoch, from the oldest (0) on. */
    public int epoch(int index) {
        return epochs[index];
    }

    /** The first offset of the {@code index}-th epoch. */
    public long startOffset(int index) {
        return startOffsets[index];
    }

    /** The newest epoch, {@link #NO_EPOCH} without any. */
    public int latestEpoch() {
        return isEmpty() ? NO_EPOCH : epochs[epochs.length - 1];
    }

    /**
     * Notes that {@code epoch} begins at {@code startOffset}. Entries that contradict it, those of the same or a later
     * epoch or at the same or a later offset, give way: they were never written, or have been truncated. An epoch that is
     * already the latest keeps its earlier start.
     */
    public LeaderEpochs assign(int epoch, long startOffset) {
        if (epoch < 0 || startOffset < 0) {
            throw new IllegalArgumentException(
                    "epoch " + epoch + " at offset " + startOffset + ", expected none negative");
        }
        int last = epochs.length - 1;
        if (last >= 0 && epochs[last] == epoch && startOffsets[last] <= startOffset) {
            return this;
        }
        int kept = epochs.length;
        while (kept > 0 && (epochs[kept - 1] >= epoch || startOffsets[kept - 1] >= startOffset)) {
            kept--;
        }
        int[] newEpochs = Arrays.copyOf(epochs, kept + 1);
        long[] newStartOffsets = Arrays.copyOf(startOffsets, kept + 1);
        newEpochs[kept] = epoch;
        newStartOffsets[kept] = startOffset;
        return new LeaderEpochs(newEpochs, newStartOffsets);
    }

    /** Forgets epochs that start at or after {@code endOffset}, the log's end after a truncation. */
    public LeaderEpochs truncateFromEnd(long endOffset) {
        int kept = epochs.length;
        while (kept > 0 && startOffsets[kept - 1] >= endOffset) {
            kept--;
        }
        return kept == epochs.length ? this : range(0, kept);
    }

    /**
     * Forgets epochs that end at or before {@code startOffset}, the log's new start. The epoch that spans it stays and
     * starts there: so the epoch of the log start is always known, even of a log emptied by retention.
     */
    public LeaderEpochs truncateFromStart(long startOffset) {
        int spanning = indexOfOffset(startOffset);
        if (spanning < 0 || (spanning == 0 && startOffsets[0] == startOffset)) {
            return this;
        }
        LeaderEpochs rest = range(spanning, epochs.length);
        rest.startOffsets[0] = startOffset;
        return rest;
    }

    private LeaderEpochs range(int from, int to) {
        return from == to
                ? EMPTY
                : new LeaderEpochs(Arrays.copyOfRange(epochs, from, to), Arrays.copyOfRange(startOffsets, from, to));
    }

    /**
     * Where the records of {@code requestedEpoch} end, as OffsetForLeaderEpoch answers it (KIP-101, KIP-279).
     *
     * <ul>
     *   <li>The latest epoch ends at the log's end.
     *   <li>An epoch between known ones is answered by the largest known epoch below it, and the start of the next.
     *   <li>An epoch before all known ones ends where the first known one starts.
     *   <li>An epoch after all known ones, or none, is unknown.
     * </ul>
     */
    public EpochEndOffset endOffsetFor(int requestedEpoch, long logEndOffset) {
        if (requestedEpoch == NO_EPOCH || requestedEpoch > latestEpoch()) {
            return EpochEndOffset.UNKNOWN;
        }
        if (requestedEpoch == latestEpoch()) {
            return new EpochEndOffset(requestedEpoch, logEndOffset);
        }
        int higher = firstIndexFrom(requestedEpoch + 1);
        int floorEpoch = higher == 0 ? requestedEpoch : epochs[higher - 1];
        return new EpochEndOffset(floorEpoch, startOffsets[higher]);
    }

    /** The epoch that wrote {@code offset}; {@link #NO_EPOCH} for an offset before the first known epoch. */
    public int epochForOffset(long offset) {
        int index = indexOfOffset(offset);
        return index < 0 ? NO_EPOCH : epochs[index];
    }

    /** Index of the last epoch that starts at or before {@code offset}, -1 without any. */
    private int indexOfOffset(long offset) {
        int found = Arrays.binarySearch(startOffsets, offset);
        return found >= 0 ? found : -found - 2;
    }

    /** Index of the first epoch that is not below {@code epoch}; the size without any. */
    private int firstIndexFrom(int epoch) {
        int found = Arrays.binarySearch(epochs, epoch);
        return found >= 0 ? found : -found - 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LeaderEpochs that
                && Arrays.equals(epochs, that.epochs)
                && Arrays.equals(startOffsets, that.startOffsets);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(epochs) + Arrays.hashCode(startOffsets);
    }

    /** The entries as {@code [epoch@startOffset, ...]}, oldest first. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < epochs.length; i++) {
            text.append(i == 0 ? "" : ", ").append(epochs[i]).append('@').append(startOffsets[i]);
        }
        return text.append(']').toString();
    }
}
