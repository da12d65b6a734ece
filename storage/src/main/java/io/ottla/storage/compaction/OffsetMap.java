package io.ottla.storage.compaction;

import io.netty.buffer.ByteBuf;

/**
 * The last offset of each key, keys by their {@link KeyHash}, in an open-addressed table of 24 bytes a slot that never grows.
 * Confined to its job.
 *
 * <pre>
 *  bytes  field
 *      8  hash, high
 *      8  hash, low       its place in the table follows from it
 *      8  offset + 1      0 if the slot is free
 * </pre>
 */
final class OffsetMap {
    /** Bytes of a slot. */
    static final int SLOT_BYTES = 24;

    /** The answer for a key that is not in the map. */
    static final long NO_OFFSET = -1;

    private static final int LONGS_PER_SLOT = 3;
    private static final int MAX_SLOTS = (Integer.MAX_VALUE - 8) / LONGS_PER_SLOT;

    private final KeyHash hash;
    private final long[] table;
    private final int slots;
    private final int maxKeys;
    private int keyCount;
    private long latestOffset = NO_OFFSET;

    /**
     * A map for so many keys, or as many as fit.
     *
     * @param wantedKeys for which there is use
     * @param maxBytes bound of its memory
     * @param loadFactor how full it may get, above 0
     */
    OffsetMap(KeyHash hash, long wantedKeys, long maxBytes, double loadFactor) {
        this.hash = hash;
        double wantedSlots = wantedKeys / loadFactor + 2;
        this.slots = (int) Math.max(2, Math.min(wantedSlots, (double) Math.min(maxBytes / SLOT_BYTES, MAX_SLOTS)));
        this.table = new long[slots * LONGS_PER_SLOT];
        this.maxKeys = (int) Math.min(slots * loadFactor, slots - 1.0);
    }

    /** Whether there is room for a key that is not in it. */
    boolean isFull() {
        return keyCount >= maxKeys;
    }

    int keyCount() {
        return keyCount;
    }

    int maxKeys() {
        return maxKeys;
    }

    long sizeBytes() {
        return (long) slots * SLOT_BYTES;
    }

    /** All records up to this offset, inclusive, have been noted; {@link #NO_OFFSET} before the first. */
    long latestOffset() {
        return latestOffset;
    }

    void updateLatestOffset(long offset) {
        latestOffset = Math.max(latestOffset, offset);
    }

    /** Notes a later offset of the key; false if there is no room for it. */
    boolean put(ByteBuf bytes, int index, int length, long offset) {
        hash.hash(bytes, index, length);
        int at = find();
        if (table[at + 2] == 0) {
            if (isFull()) {
                return false;
            }
            table[at] = hash.high();
            table[at + 1] = hash.low();
            keyCount++;
        }
        table[at + 2] = offset + 1;
        return true;
    }

    /** The last offset of the key, or {@link #NO_OFFSET}. */
    long get(ByteBuf bytes, int index, int length) {
        hash.hash(bytes, index, length);
        return table[find() + 2] - 1;
    }

    /** Where the key is, or the free slot in which it belongs. One slot is always free. */
    private int find() {
        long high = hash.high();
        long low = hash.low();
        int slot = (int) Math.multiplyHigh(low >>> 1, (long) slots << 1);
        int at = slot * LONGS_PER_SLOT;
        while (table[at + 2] != 0 && (table[at + 1] != low || table[at] != high)) {
            at += LONGS_PER_SLOT;
            if (at == table.length) {
                at = 0;
            }
        }
        return at;
    }
}
