package io.ottla.storage.producer;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The transactions that hold back the last stable offset of a partition: those without a marker, and those whose marker
 * has not passed the high watermark yet. Confined to the partition's home loop.
 */
final class OpenTransactions {
    static final long NO_OFFSET = -1L;

    /** First offsets. */
    private final TreeSet<Long> undecided = new TreeSet<>();

    /** First offset to offset of the marker. */
    private final TreeMap<Long, Long> unreplicated = new TreeMap<>();

    void begin(long firstOffset) {
        undecided.add(firstOffset);
    }

    /** Moves a transaction to those that wait for the high watermark; returns the next undecided offset after that. */
    long complete(long firstOffset, long markerOffset) {
        undecided.remove(firstOffset);
        unreplicated.put(firstOffset, markerOffset);
        return undecided.isEmpty() ? markerOffset + 1 : undecided.first();
    }

    /** Forgets completed transactions whose marker lies below {@code offset}. */
    void releaseBelow(long offset) {
        if (unreplicated.isEmpty()) {
            return;
        }
        Iterator<Map.Entry<Long, Long>> entries = unreplicated.entrySet().iterator();
        while (entries.hasNext()) {
            if (entries.next().getValue() < offset) {
                entries.remove();
            }
        }
    }

    long firstUnstableOffset() {
        long decided = unreplicated.isEmpty() ? NO_OFFSET : unreplicated.firstKey();
        long open = firstUndecidedOffset();
        if (open == NO_OFFSET || decided == NO_OFFSET) {
            return Math.max(open, decided);
        }
        return Math.min(open, decided);
    }

    long firstUndecidedOffset() {
        return undecided.isEmpty() ? NO_OFFSET : undecided.first();
    }

    void clear() {
        undecided.clear();
        unreplicated.clear();
    }
}
