package io.ottla.storage.index;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.storage.file.LazyFile;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogDirectory.OpenMode;
import io.ottla.storage.file.LogFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of entries of equal size, each a key and a value, both of which never decrease from one entry to the next.
 *
 * <p>Entries are appended, cut and written by the owner of the log only. Lookups run on any thread: they take the page in
 * memory as one reference, and everything before that page is in the file. A lookup that races with a cut may answer
 * with an entry that is gone; the caller recognises that at the batch it finds. Of the pages in the file the one that was
 * searched last is kept, for the readers that go through a log from front to back.
 */
final class EntryFile {
    private static final Logger LOG = LoggerFactory.getLogger(EntryFile.class);
    private static final int SMALLEST_TAIL_ENTRIES = 8;

    private final LogDirectory directory;
    private final EntryFormat format;
    private final int entryBytes;
    private final int pageEntries;
    private final LazyFile file;
    private final Rebuild rebuild;
    private volatile @Nullable Tail tail;
    private volatile @Nullable ReadPage lastRead;
    /** Moves on before and after entries are taken away: what was read meanwhile or before proves nothing. */
    private volatile int cuts;

    private int writtenOfTail;

    /** The page in memory: the entries from {@code first} on. Its bytes before {@code count} never change. */
    private static final class Tail {
        final int first;
        final byte[] bytes;
        volatile int count;

        Tail(int first, byte[] bytes, int count) {
            this.first = first;
            this.bytes = bytes;
            this.count = count;
        }
    }

    /**
     * A full page of the file as it was read.
     *
     * @param cut what {@link #cuts} was before
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record ReadPage(int cut, byte[] bytes, long firstKey, long lastKey) {
        /** Whether the last entry with a key up to this one is certainly in this page. */
        boolean settles(long key) {
            return firstKey <= key && key < lastKey;
        }
    }

    /** Appends what the file should hold. */
    @FunctionalInterface
    interface Rebuild {
        void appendTo(EntryFile empty) throws IOException;
    }

    /** @param rebuild used if the file turns out to be damaged when it is looked at first */
    EntryFile(LogDirectory directory, String name, EntryFormat format, Rebuild rebuild) {
        this.directory = directory;
        this.rebuild = rebuild;
        this.file = new LazyFile(directory, name);
        this.format = format;
        this.entryBytes = format.entryBytes();
        this.pageEntries = format.pageEntries();
    }

    String name() {
        return file.name();
    }

    /** The number of entries. */
    int count() throws IOException {
        Tail page = tail();
        return page.first + page.count;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the owner appends.
    void append(long key, int value) throws IOException {
        Tail page = tail();
        if (page.count == pageEntries) {
            writeTail();
            page = new Tail(page.first + pageEntries, new byte[SMALLEST_TAIL_ENTRIES * entryBytes], 0);
            writtenOfTail = 0;
            tail = page;
        } else if ((page.count + 1) * entryBytes > page.bytes.length) {
            int size = Math.min(pageEntries * entryBytes, page.bytes.length * 2);
            page = new Tail(page.first, Arrays.copyOf(page.bytes, size), page.count);
            tail = page;
        }
        format.set(page.bytes, page.count, key, value);
        page.count = page.count + 1;
    }

    /** The value of the last entry whose key is at most {@code key}, or {@code none}. */
    int floorValue(long key, int none) throws IOException {
        while (true) {
            int cut = cuts;
            Tail page = tail();
            int inTail = format.floor(page.bytes, page.count, key);
            if (inTail >= 0) {
                return format.value(page.bytes, inTail);
            }
            if (page.first == 0) {
                return none;
            }
            try {
                byte[] found = fullPage(key, page.first, cut);
                int at = format.floor(found, pageEntries, key);
                return at < 0 ? none : format.value(found, at);
            } catch (IndexCorruptException e) {
                if (cut == cuts) {
                    throw e;
                }
            }
        }
    }

    /** The last page before {@code end} whose first key is at most {@code key}, or the first page. */
    private byte[] fullPage(long key, int end, int cut) throws IOException {
        ReadPage known = lastRead;
        if (known != null && known.cut == cut && known.settles(key)) {
            return known.bytes;
        }
        LogFile open = file.retain();
        try {
            byte[] bytes = read(open, lastPage(open, end, first -> first <= key) * pageEntries, pageEntries);
            lastRead = new ReadPage(cut, bytes, format.key(bytes, 0), format.key(bytes, pageEntries - 1));
            return bytes;
        } finally {
            open.release();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the owner cuts.
    private void noteCut() {
        cuts++;
    }

    /** The index of the first entry whose value is at least {@code value}; the number of entries if there is none. */
    int ceilingByValue(int value) throws IOException {
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (valueAt(middle) >= value) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    long keyAt(int index) throws IOException {
        return format.key(entry(index), 0);
    }

    int valueAt(int index) throws IOException {
        return format.value(entry(index), 0);
    }

    /** Keeps the first {@code count} entries. */
    void truncate(int count) throws IOException {
        Tail page = tail();
        if (count >= page.first + page.count) {
            return;
        }
        if (count >= page.first) {
            tail = new Tail(page.first, page.bytes.clone(), count - page.first);
            writtenOfTail = Math.min(writtenOfTail, count - page.first);
        } else {
            LogFile open = file.retain();
            try {
                tail = readTail(open, count);
            } finally {
                open.release();
            }
            writtenOfTail = count % pageEntries;
        }
        noteCut();
        file.truncate((long) count * entryBytes);
        noteCut();
    }

    /** Drops all entries, even of a file that cannot be read as entries; the file is created if it is missing. */
    synchronized void reset() throws IOException {
        noteCut();
        file.truncate(0);
        file.rest(); // An empty index needs no file handle; most of those of a thousand quiet partitions stay so.
        lastRead = null;
        tail = new Tail(0, new byte[SMALLEST_TAIL_ENTRIES * entryBytes], 0);
        writtenOfTail = 0;
        noteCut();
    }

    /** Hands the entries that are only in memory to the operating system. */
    void writeTail() throws IOException {
        Tail page = tail;
        if (page == null || page.count == writtenOfTail) {
            return;
        }
        int from = writtenOfTail * entryBytes;
        ByteBuf source = Unpooled.wrappedBuffer(page.bytes);
        file.write((long) page.first * entryBytes + from, source, from, page.count * entryBytes - from);
        writtenOfTail = page.count;
    }

    /** Makes what was written durable. Blocks. */
    void force() throws IOException {
        file.forceWrites();
    }

    void renameTo(String newName) throws IOException {
        file.renameTo(newName);
    }

    void delete() throws IOException {
        file.delete();
    }

    /** Closes the file for good, without writing. */
    void close() {
        file.close();
    }

    private Tail tail() throws IOException {
        Tail page = tail;
        return page != null ? page : load();
    }

    private synchronized Tail load() throws IOException {
        Tail loaded = tail;
        if (loaded != null) {
            return loaded;
        }
        String name = file.name();
        long size = directory.exists(name) ? directory.sizeBytes(name) : 0;
        if (size % entryBytes != 0 || size > Integer.MAX_VALUE) {
            return rebuilt("size " + size + " is no multiple of " + entryBytes);
        }
        Tail page;
        if (size == 0) {
            page = new Tail(0, new byte[SMALLEST_TAIL_ENTRIES * entryBytes], 0);
        } else {
            LogFile open = directory.open(name, OpenMode.READ_WRITE); // Kept open only by those who write or search it.
            try {
                page = readTail(open, withoutZeros(open, (int) (size / entryBytes)));
            } finally {
                open.release();
            }
        }
        if (!format.isAscending(page.bytes, page.count)) {
            return rebuilt("its last entries are not in order");
        }
        writtenOfTail = page.count;
        tail = page;
        return page;
    }

    /** Lookups meanwhile find fewer entries than there will be, which makes them slower and not wrong. */
    private Tail rebuilt(String damage) throws IOException {
        LOG.warn(
                "{}: {}; the index is built anew from the log", directory.path().resolve(file.name()), damage);
        reset();
        rebuild.appendTo(this);
        writeTail();
        return tail();
    }

    private Tail readTail(LogFile open, int count) throws IOException {
        int first = count / pageEntries * pageEntries;
        byte[] bytes = read(open, first, count - first);
        int smallest = SMALLEST_TAIL_ENTRIES * entryBytes;
        return new Tail(first, bytes.length >= smallest ? bytes : Arrays.copyOf(bytes, smallest), count - first);
    }

    /** Apache Kafka preallocates; after its crash the unused entries are zero, and only the first may rightly be so. */
    private int withoutZeros(LogFile open, int count) throws IOException {
        if (count < 2 || !isZero(open, count - 1)) {
            return count;
        }
        int low = 1;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (isZero(open, middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        int used = low == 1 && isZero(open, 0) ? 0 : low;
        open.truncate((long) used * entryBytes);
        return used;
    }

    private boolean isZero(LogFile open, int index) throws IOException {
        byte[] bytes = read(open, index, 1);
        return format.key(bytes, 0) == 0 && format.value(bytes, 0) == 0;
    }

    private byte[] entry(int index) throws IOException {
        Tail page = tail();
        if (index >= page.first) {
            int from = (index - page.first) * entryBytes;
            return Arrays.copyOfRange(page.bytes, from, from + entryBytes);
        }
        LogFile open = file.retain();
        try {
            return read(open, index, 1);
        } finally {
            open.release();
        }
    }

    /** The last page before {@code end} whose first key passes the test, or the first page. */
    private int lastPage(LogFile open, int end, LongPredicate test) throws IOException {
        int low = 0;
        int high = end / pageEntries - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (test.test(format.key(read(open, middle * pageEntries, 1), 0))) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private byte[] read(LogFile open, int index, int entries) throws IOException {
        byte[] bytes = new byte[entries * entryBytes];
        ByteBuf target = Unpooled.wrappedBuffer(bytes).clear();
        int count = open.read((long) index * entryBytes, target, bytes.length);
        if (count < bytes.length) {
            throw new IndexCorruptException(
                    directory.path().resolve(name()) + ": has no " + entries + " entries from " + index + " on");
        }
        return bytes;
    }
}
