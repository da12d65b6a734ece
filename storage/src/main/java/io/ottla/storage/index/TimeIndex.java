package io.ottla.storage.index;

import io.ottla.storage.file.LogDirectory;
import java.io.IOException;

/**
 * {@code .timeindex}: from timestamps to offsets.
 *
 * <p>An entry says that no record of the segment up to its offset is younger than its timestamp; timestamps grow
 * strictly from entry to entry. Appends, cuts and writes belong to the owner of the log, lookups may come from any
 * thread.
 */
public final class TimeIndex {
    public static final String SUFFIX = ".timeindex";
    private static final EntryFormat FORMAT = new EntryFormat(Long.BYTES);

    /** A whole file has a multiple of it. */
    public static final int ENTRY_BYTES = FORMAT.entryBytes();

    /** The timestamp when there is no entry. */
    public static final long NO_TIMESTAMP = -1;

    private final long baseOffset;
    private final EntryFile entries;

    /**
     * Nothing is opened before it is needed.
     *
     * @param name the file's name relative to the log directory
     * @param log what the index is built from if its file is damaged
     */
    public TimeIndex(LogDirectory directory, String name, long baseOffset, IndexedLog log) {
        this.baseOffset = baseOffset;
        this.entries = new EntryFile(
                directory,
                name,
                FORMAT,
                empty -> log.visit(new IndexedLog.Visitor() {
                    @Override
                    public void onPosition(long lastOffset, int position) {
                        // That is for the other index.
                    }

                    @Override
                    public void onTimestamp(long timestampMs, long offset) throws IOException {
                        int count = empty.count();
                        if (timestampMs > (count == 0 ? NO_TIMESTAMP : empty.keyAt(count - 1))) {
                            empty.append(timestampMs, (int) (offset - baseOffset));
                        }
                    }
                }));
    }

    /** Adds an entry if its timestamp is greater than that of the last one. */
    public void maybeAppend(long timestampMs, long offset) throws IOException {
        if (timestampMs > lastTimestampMs()) {
            entries.append(timestampMs, (int) (offset - baseOffset));
        }
    }

    /** The offset of the last entry whose timestamp is at most {@code timestampMs}; the base offset if there is none. */
    public long offsetBefore(long timestampMs) throws IOException {
        return baseOffset + entries.floorValue(timestampMs, 0);
    }

    /** Timestamp of the last entry, or {@link #NO_TIMESTAMP}. */
    public long lastTimestampMs() throws IOException {
        int count = entries.count();
        return count == 0 ? NO_TIMESTAMP : entries.keyAt(count - 1);
    }

    /** Offset of the last entry, or the base offset. */
    public long lastOffset() throws IOException {
        int count = entries.count();
        return count == 0 ? baseOffset : baseOffset + entries.valueAt(count - 1);
    }

    public int entryCount() throws IOException {
        return entries.count();
    }

    /** Whether no further entry fits in {@code maxBytes}, but for the one that is added when the segment is rolled. */
    public boolean isFull(int maxBytes) throws IOException {
        return entries.count() >= maxBytes / FORMAT.entryBytes() - 1;
    }

    /** Drops the entries whose offset is {@code offset} or higher. */
    public void truncateTo(long offset) throws IOException {
        entries.truncate(entries.ceilingByValue((int) Math.min(offset - baseOffset, Integer.MAX_VALUE)));
    }

    /**
     * Checks what a glance can tell.
     *
     * @throws IndexCorruptException if the entries contradict each other
     */
    public void sanityCheck() throws IOException {
        int count = entries.count();
        if (count > 0 && (entries.keyAt(count - 1) < entries.keyAt(0) || entries.valueAt(count - 1) < 0)) {
            throw new IndexCorruptException(entries.name() + ": its last entry contradicts its first");
        }
    }

    /** Drops all entries; the file is created if it is missing. */
    public void reset() throws IOException {
        entries.reset();
    }

    /** Writes the entries that are only in memory to the file. */
    public void write() throws IOException {
        entries.writeTail();
    }

    /** Makes what was written durable. Blocks. */
    public void force() throws IOException {
        entries.force();
    }

    public void renameTo(String name) throws IOException {
        entries.renameTo(name);
    }

    public void delete() throws IOException {
        entries.delete();
    }

    /** Closes the file without writing. */
    public void close() {
        entries.close();
    }
}
