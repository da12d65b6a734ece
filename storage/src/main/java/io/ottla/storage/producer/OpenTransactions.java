package io.ottla.storage.producer;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * The transactions that hold back the last stable offset of a partition: those without a marker, and those whose marker
 * has not passed the high watermark yet. Confined to the partition's home loop.
 */
final class OpenTransactions {
    static final long NO_OFFSET = -1L;

    /** First offset to producer id. */
    private final TreeMap<Long, Long> undecided = new TreeMap<>();

    /** First offset to offset of the marker. */
    private final TreeMap<Long, Long> unreplicated = new TreeMap<>();

    void begin(long producerId, long firstOffset) {
        undecided.put(firstOffset, producerId);
    }

    /** Moves a transaction to those that wait for the high watermark; returns the next undecided offset after that. */
    long complete(long firstOffset, long markerOffset) {
        undecided.remove(firstOffset);
        unreplicated.put(firstOffset, markerOffset);
        return undecided.isEmpty() ? markerOffset + 1 : undecided.firstKey();
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
        return undecided.isEmpty() ? NO_OFFSET : undecided.firstKey();
    }

    /** Producer of the oldest undecided transaction, -1 without any. */
    long oldestProducerId() {
        return undecided.isEmpty() ? -1L : undecided.firstEntry().getValue();
    }

    void clear() {
        undecided.clear();
        unreplicated.clear();
    }
}
