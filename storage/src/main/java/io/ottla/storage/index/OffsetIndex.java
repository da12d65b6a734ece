package io.ottla.storage.index;

import io.ottla.storage.file.LogDirectory;
import java.io.IOException;

/**
 * {@code .index}: from offsets to positions in the segment's {@code .log}.
 *
 * <p>An entry holds the last offset of a batch and the position where that batch begins, so a search for an offset may
 * begin at the position of the last entry that is not behind it. Appends, cuts and writes belong to the owner of the
 * log, lookups may come from any thread.
 */
public final class OffsetIndex {
    public static final String SUFFIX = ".index";
    private static final EntryFormat FORMAT = new EntryFormat(Integer.BYTES);

    /** A whole file has a multiple of it. */
    public static final int ENTRY_BYTES = FORMAT.entryBytes();

    private final long baseOffset;
    private final EntryFile entries;

    /**
     * Nothing is opened before it is needed.
     *
     * @param name the file's name relative to the log directory
     * @param log what the index is built from if its file is damaged
     */
    public OffsetIndex(LogDirectory directory, String name, long baseOffset, IndexedLog log) {
        this.baseOffset = baseOffset;
        this.entries = new EntryFile(
                directory,
                name,
                FORMAT,
                empty -> log.visit(new IndexedLog.Visitor() {
                    @Override
                    public void onPosition(long lastOffset, int position) throws IOException {
                        empty.append(lastOffset - baseOffset, position);
                    }

                    @Override
                    public void onTimestamp(long timestampMs, long offset) {
                        // That is for the other index.
                    }
                }));
    }

    /** Adds the batch that begins at {@code position} and ends with the record at {@code offset}. */
    public void append(long offset, int position) throws IOException {
        entries.append(offset - baseOffset, position);
    }

    /** Where to begin the search for an offset; 0 if no entry is before it. */
    public int positionBefore(long offset) throws IOException {
        long relative = offset - baseOffset;
        return entries.floorValue(Math.min(relative, Integer.MAX_VALUE), 0);
    }

    /** The offset of the first entry at or after a position, or {@code none}. */
    public long offsetAtOrAfter(int position, long none) throws IOException {
        int at = entries.ceilingByValue(position);
        return at < entries.count() ? baseOffset + entries.keyAt(at) : none;
    }

    /** Position of the last entry, 0 if there is none. */
    public int lastPosition() throws IOException {
        int count = entries.count();
        return count == 0 ? 0 : entries.valueAt(count - 1);
    }

    public int entryCount() throws IOException {
        return entries.count();
    }

    /** Whether no further entry fits in {@code maxBytes}. */
    public boolean isFull(int maxBytes) throws IOException {
        return entries.count() >= maxBytes / FORMAT.entryBytes();
    }

    /** Drops the entries of batches that begin at {@code position} or later. */
    public void truncateToPosition(int position) throws IOException {
        entries.truncate(entries.ceilingByValue(position));
    }

    /**
     * Checks what a glance can tell.
     *
     * @param logSizeBytes the size of the segment's log
     * @throws IndexCorruptException if entries are malformed or point behind the log
     */
    public void sanityCheck(long logSizeBytes) throws IOException {
        if (entries.count() > 0 && lastPosition() >= logSizeBytes) {
            throw new IndexCorruptException(entries.name() + ": last entry points to " + lastPosition()
                    + " of a log of " + logSizeBytes + " bytes");
        }
        if (entries.count() > 0 && entries.keyAt(entries.count() - 1) < 0) {
            throw new IndexCorruptException(entries.name() + ": last entry is before the base offset " + baseOffset);
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
