package io.ottla.storage.index;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogDirectory.OpenMode;
import io.ottla.storage.file.LogFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code .txnindex}: the aborted transactions whose markers are in the segment, in the order of their markers. The file
 * exists only if there are any.
 *
 * <p>Entries are few and are written at once. Appends and cuts belong to the owner of the log, reads may come from any
 * thread; they see the entries through one reference that is replaced at each append.
 */
public final class TransactionIndex {
    public static final String SUFFIX = ".txnindex";
    private static final int ENTRY_BYTES = 34;
    private static final short VERSION = 0;

    private final LogDirectory directory;
    private volatile String name;
    private volatile @Nullable List<AbortedTransaction> entries;

    /** @param name the file's name relative to the log directory; the file is read when it is needed */
    public TransactionIndex(LogDirectory directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    public void append(AbortedTransaction transaction) throws IOException {
        List<AbortedTransaction> known = all();
        ByteBuf bytes = Unpooled.buffer(ENTRY_BYTES, ENTRY_BYTES);
        bytes.writeShort(VERSION);
        bytes.writeLong(transaction.producerId());
        bytes.writeLong(transaction.firstOffset());
        bytes.writeLong(transaction.lastOffset());
        bytes.writeLong(transaction.lastStableOffset());
        LogFile file = directory.open(name, OpenMode.READ_WRITE);
        try {
            file.write((long) known.size() * ENTRY_BYTES, bytes, 0, ENTRY_BYTES);
        } finally {
            file.release();
        }
        List<AbortedTransaction> grown = new ArrayList<>(known);
        grown.add(transaction);
        entries = List.copyOf(grown);
    }

    /** All entries in order. Reads the file at the first call. */
    public List<AbortedTransaction> all() throws IOException {
        List<AbortedTransaction> known = entries;
        return known != null ? known : load();
    }

    private synchronized List<AbortedTransaction> load() throws IOException {
        List<AbortedTransaction> known = entries;
        if (known != null) {
            return known;
        }
        List<AbortedTransaction> read = new ArrayList<>();
        if (directory.exists(name)) {
            ByteBuf bytes = Unpooled.wrappedBuffer(directory.readFully(name));
            while (bytes.readableBytes() >= ENTRY_BYTES) {
                short version = bytes.readShort();
                if (version != VERSION) {
                    throw new IndexCorruptException(directory.path().resolve(name) + ": entry " + read.size()
                            + " has version " + version + ", expected " + VERSION);
                }
                read.add(
                        new AbortedTransaction(bytes.readLong(), bytes.readLong(), bytes.readLong(), bytes.readLong()));
            }
        }
        List<AbortedTransaction> loaded = List.copyOf(read);
        entries = loaded;
        return loaded;
    }

    /** Drops the transactions whose marker is at {@code offset} or later. */
    public void truncateTo(long offset) throws IOException {
        List<AbortedTransaction> known = all();
        List<AbortedTransaction> kept =
                known.stream().filter(entry -> entry.lastOffset() < offset).toList();
        if (kept.size() < known.size()) {
            LogFile file = directory.open(name, OpenMode.READ_WRITE);
            try {
                file.truncate((long) kept.size() * ENTRY_BYTES);
            } finally {
                file.release();
            }
            entries = kept;
        }
    }

    /**
     * Checks the whole index.
     *
     * @throws IndexCorruptException if the entries are not in the order of their markers, or are of an unknown version
     */
    public void sanityCheck() throws IOException {
        long previous = -1;
        for (AbortedTransaction entry : all()) {
            if (entry.lastOffset() < previous) {
                throw new IndexCorruptException(
                        directory.path().resolve(name) + ": " + entry + " follows a marker at " + previous);
            }
            previous = entry.lastOffset();
        }
    }

    /** Drops all entries, even those that cannot be read. */
    public void reset() throws IOException {
        directory.delete(name);
        entries = List.of();
    }

    /** Makes what was written durable. Blocks. */
    public void force() throws IOException {
        if (directory.exists(name)) {
            LogFile file = directory.open(name, OpenMode.READ_WRITE);
            try {
                file.force();
            } finally {
                file.release();
            }
        }
    }

    public synchronized void renameTo(String newName) throws IOException {
        if (directory.exists(name)) {
            directory.rename(name, newName);
        }
        name = newName;
    }

    public void delete() throws IOException {
        directory.delete(name);
    }
}
