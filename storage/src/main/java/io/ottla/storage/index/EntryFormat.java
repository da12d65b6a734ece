package io.ottla.storage.index;

import java.nio.ByteBuffer;

/**
 * The layout of one entry, a key and a value, and searches in a page of them.
 *
 * @param keyBytes 4 or 8
 */
record EntryFormat(int keyBytes) {
    private static final int VALUE_BYTES = 4;
    private static final int PAGE_BYTES = 4096;

    int entryBytes() {
        return keyBytes + VALUE_BYTES;
    }

    /** The number of entries in a full page. */
    int pageEntries() {
        return PAGE_BYTES / entryBytes();
    }

    long key(byte[] page, int entry) {
        ByteBuffer bytes = ByteBuffer.wrap(page);
        int at = entry * entryBytes();
        return keyBytes == Long.BYTES ? bytes.getLong(at) : bytes.getInt(at);
    }

    int value(byte[] page, int entry) {
        return ByteBuffer.wrap(page).getInt(entry * entryBytes() + keyBytes);
    }

    void set(byte[] page, int entry, long key, int value) {
        ByteBuffer bytes = ByteBuffer.wrap(page);
        int at = entry * entryBytes();
        if (keyBytes == Long.BYTES) {
            bytes.putLong(at, key);
        } else {
            bytes.putInt(at, (int) key);
        }
        bytes.putInt(at + keyBytes, value);
    }

    /** Whether neither keys nor values decrease in {@code count} entries. */
    boolean isAscending(byte[] page, int count) {
        for (int i = 1; i < count; i++) {
            if (key(page, i) < key(page, i - 1) || value(page, i) < value(page, i - 1)) {
                return false;
            }
        }
        return true;
    }

    /** The last of {@code count} entries whose key is at most {@code key}, or -1. */
    int floor(byte[] page, int count, long key) {
        int low = -1;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (key(page, middle) <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
