package io.ottla.storage.segment;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.file.LazyFile;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.LogFile;
import io.ottla.storage.index.IndexedLog;
import io.ottla.storage.index.OffsetIndex;
import io.ottla.storage.index.TimeIndex;
import io.ottla.storage.index.TransactionIndex;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/**
 * One segment of a log. What changes it is confined to the log's owner; lookups and {@link #retainFile} may be called from
 * any thread.
 *
 * <p>Files are opened when they are needed and closed when they are idle, so a log of many old segments opens quickly. A segment whose last
 * timestamp is asked for reads it from the time index.
 */
public final class LogSegment {
    /** The timestamp of a segment without records. */
    public static final long NO_TIMESTAMP = RecordBatch.NO_TIMESTAMP;

    /** Between two entries of an index that is built anew because it is damaged: Apache Kafka's default. */
    private static final int REBUILT_INTERVAL_BYTES = 4096;

    private final LogDirectory directory;
    private final long baseOffset;
    private final long createdMs;
    private final LazyFile file;
    private final OffsetIndex offsetIndex;
    private final TimeIndex timeIndex;
    private final TransactionIndex transactionIndex;
    private String partitionDirectory;
    private String suffix;
    private volatile int sizeBytes;

    private int bytesSinceIndexEntry;
    private volatile boolean timestampsLoaded;
    private volatile long maxTimestampMs = NO_TIMESTAMP;
    private volatile long offsetOfMaxTimestamp;
    private long firstTimestampMs = NO_TIMESTAMP;

    private LogSegment(
            LogDirectory directory,
            String partitionDirectory,
            long baseOffset,
            String suffix,
            int sizeBytes,
            long createdMs) {
        this.directory = directory;
        this.partitionDirectory = partitionDirectory;
        this.suffix = suffix;
        this.baseOffset = baseOffset;
        this.sizeBytes = sizeBytes;
        this.createdMs = createdMs;
        this.offsetOfMaxTimestamp = baseOffset;
        this.file = new LazyFile(directory, path(SegmentFiles.LOG_SUFFIX));
        this.offsetIndex = new OffsetIndex(directory, path(OffsetIndex.SUFFIX), baseOffset, this::visit);
        this.timeIndex = new TimeIndex(directory, path(TimeIndex.SUFFIX), baseOffset, this::visit);
        this.transactionIndex = new TransactionIndex(directory, path(TransactionIndex.SUFFIX));
    }

    /** Creates an empty segment; what a crash has left of the same name is dropped. */
    public static LogSegment create(LogDirectory directory, String partitionDirectory, long baseOffset, long nowMs)
            throws IOException {
        return create(directory, partitionDirectory, baseOffset, "", nowMs);
    }

    /**
     * Creates an empty segment that is to take the place of others: the names of its files say that it is worthless until
     * {@link #becomeSwap}.
     */
    public static LogSegment createCleaned(
            LogDirectory directory, String partitionDirectory, long baseOffset, long nowMs) throws IOException {
        return create(directory, partitionDirectory, baseOffset, SegmentFiles.CLEANED_SUFFIX, nowMs);
    }

    private static LogSegment create(
            LogDirectory directory, String partitionDirectory, long baseOffset, String suffix, long nowMs)
            throws IOException {
        LogSegment segment = new LogSegment(directory, partitionDirectory, baseOffset, suffix, 0, nowMs);
        segment.timestampsLoaded = true;
        segment.file.truncate(0);
        segment.offsetIndex.reset();
        segment.timeIndex.reset();
        segment.transactionIndex.reset();
        return segment;
    }

    /** Takes an existing segment as it is, without opening a file. */
    public static LogSegment open(LogDirectory directory, String partitionDirectory, long baseOffset, long nowMs)
            throws IOException {
        String log = partitionDirectory + "/" + SegmentFiles.name(baseOffset, SegmentFiles.LOG_SUFFIX);
        long size = directory.sizeBytes(log);
        if (size > Integer.MAX_VALUE) {
            throw new IOException(directory.path().resolve(log) + ": size " + size + " exceeds " + Integer.MAX_VALUE);
        }
        return new LogSegment(directory, partitionDirectory, baseOffset, "", (int) size, nowMs);
    }

    public long baseOffset() {
        return baseOffset;
    }

    /** Bytes in the log file; any thread. A reader's view may know fewer. */
    public int sizeBytes() {
        return sizeBytes;
    }

    public OffsetIndex offsetIndex() {
        return offsetIndex;
    }

    public TimeIndex timeIndex() {
        return timeIndex;
    }

    public TransactionIndex transactionIndex() {
        return transactionIndex;
    }

    /** The name of the log file relative to the log directory, for messages. */
    public String name() {
        return file.name();
    }

    /**
     * Writes one batch at the end of the log file and indexes it. If the write fails the segment stays as it was, but for
     * bytes behind its end that {@link #cutTail} takes away.
     *
     * @param index where the batch begins in {@code source}
     * @param length the size of the batch
     */
    public void append(ByteBuf source, int index, int length) throws IOException {
        file.write(sizeBytes, source, index, length);
    }

    /** Indexes a batch that is in the file at the end of what the segment has, and moves that end behind it. */
    public void accept(ByteBuf buffer, int index, int length, int indexIntervalBytes) throws IOException {
        loadTimestamps();
        int position = sizeBytes;
        long batchMaxTimestampMs = RecordBatch.maxTimestamp(buffer, index);
        long lastOffset = RecordBatch.lastOffset(buffer, index);
        if (position == 0) {
            firstTimestampMs = batchMaxTimestampMs;
        }
        if (batchMaxTimestampMs > maxTimestampMs) {
            offsetOfMaxTimestamp =
                    lastOffset; // First, so that who reads the timestamp finds its offset or a later one.
            maxTimestampMs = batchMaxTimestampMs;
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            offsetIndex.append(lastOffset, position);
            timeIndex.maybeAppend(maxTimestampMs, offsetOfMaxTimestamp);
            bytesSinceIndexEntry = 0;
        }
        bytesSinceIndexEntry += length;
        sizeBytes = position + length;
    }

    /** Takes away the bytes behind the end of what the segment has, which a failed write has left. */
    public void cutTail() throws IOException {
        file.truncate(sizeBytes);
    }

    /** Whether an offset can be written as a distance from the base offset. */
    public boolean canHold(long lastOffset) {
        long relative = lastOffset - baseOffset;
        return relative >= 0 && relative <= Integer.MAX_VALUE;
    }

    /**
     * How long the segment has been growing, for {@code segment.ms}: from its first timestamp to the newest one, or by
     * the wall clock if its records have no timestamps.
     */
    public long ageForRollMs(long newestTimestampMs, long nowMs) throws IOException {
        long first = firstTimestampMs();
        return first >= 0 ? newestTimestampMs - first : nowMs - createdMs;
    }

    private long firstTimestampMs() throws IOException {
        if (firstTimestampMs < 0 && sizeBytes > 0) {
            try (BatchScan scan = scan(0, RecordBatch.RECORDS_AT)) {
                if (scan.next()) {
                    firstTimestampMs = RecordBatch.maxTimestamp(scan.buffer(), scan.index());
                }
            }
        }
        return firstTimestampMs;
    }

    /** The greatest timestamp of all batches, or {@link #NO_TIMESTAMP}. */
    public long maxTimestampMs() throws IOException {
        loadTimestamps();
        return maxTimestampMs;
    }

    /** The last offset of the first batch with the greatest timestamp. */
    public long offsetOfMaxTimestamp() throws IOException {
        loadTimestamps();
        return offsetOfMaxTimestamp;
    }

    /** The greatest timestamp, or when the file was last written if its records have none. */
    public long lastTimestampOrModifiedMs() throws IOException {
        long last = maxTimestampMs();
        return last >= 0 ? last : directory.lastModifiedMs(name());
    }

    private synchronized void loadTimestamps() throws IOException {
        if (timestampsLoaded) {
            return;
        }
        maxTimestampMs = timeIndex.lastTimestampMs();
        offsetOfMaxTimestamp = timeIndex.lastOffset();
        int from = offsetIndex.positionBefore(offsetOfMaxTimestamp);
        try (BatchScan scan = scan(from, BatchScan.LOOKUP_WINDOW_BYTES)) {
            while (scan.next()) {
                long timestamp = RecordBatch.maxTimestamp(scan.buffer(), scan.index());
                if (timestamp > maxTimestampMs) {
                    maxTimestampMs = timestamp;
                    offsetOfMaxTimestamp = RecordBatch.lastOffset(scan.buffer(), scan.index());
                }
            }
        }
        bytesSinceIndexEntry = sizeBytes - offsetIndex.lastPosition();
        timestampsLoaded = true;
    }

    /** {@link IndexedLog#visit} of this segment's log. */
    private void visit(IndexedLog.Visitor visitor) throws IOException {
        long newestMs = NO_TIMESTAMP;
        long offsetOfNewest = baseOffset;
        int bytesSinceEntry = 0;
        try (BatchScan scan = scan(0, BatchScan.LOOKUP_WINDOW_BYTES)) {
            while (scan.next()) {
                long lastOffset = RecordBatch.lastOffset(scan.buffer(), scan.index());
                long timestampMs = RecordBatch.maxTimestamp(scan.buffer(), scan.index());
                if (timestampMs > newestMs) {
                    newestMs = timestampMs;
                    offsetOfNewest = lastOffset;
                }
                if (bytesSinceEntry > REBUILT_INTERVAL_BYTES) {
                    visitor.onPosition(lastOffset, scan.position());
                    visitor.onTimestamp(newestMs, offsetOfNewest);
                    bytesSinceEntry = 0;
                }
                bytesSinceEntry += scan.sizeBytes();
            }
        }
        visitor.onTimestamp(newestMs, offsetOfNewest);
    }

    /** The offset after the last record, found behind the last index entry. */
    public long readNextOffset() throws IOException {
        long next = baseOffset;
        if (sizeBytes == 0) {
            return next; // Many partitions are empty; none of their files is opened.
        }
        try (BatchScan scan = scan(offsetIndex.lastPosition(), BatchScan.LOOKUP_WINDOW_BYTES)) {
            while (scan.next()) {
                next = RecordBatch.nextOffset(scan.buffer(), scan.index());
            }
            if (!scan.atEnd()) {
                throw new BatchScan.FaultException(name() + ": at position " + scan.position() + " " + scan.fault());
            }
        }
        return next;
    }

    /** A scan of the segment from a position where a batch begins. */
    public BatchScan scan(int position, int windowBytes) throws IOException {
        LogFile open = file.retain();
        try {
            return new BatchScan(open, position, sizeBytes, windowBytes);
        } finally {
            open.release();
        }
    }

    /**
     * Drops all batches from the first on that contains {@code offset} or a later one.
     *
     * @return the new end: {@code offset}, or the base offset of the first batch dropped if that is before it
     */
    public long truncateTo(long offset) throws IOException {
        int position = sizeBytes;
        long end = offset;
        try (BatchScan scan = scan(offsetIndex.positionBefore(offset), BatchScan.LOOKUP_WINDOW_BYTES)) {
            while (scan.next()) {
                if (RecordBatch.lastOffset(scan.buffer(), scan.index()) >= offset) {
                    position = scan.position();
                    end = Math.min(offset, RecordBatch.baseOffset(scan.buffer(), scan.index()));
                    break;
                }
            }
        }
        truncateToPosition(position, end);
        return end;
    }

    /** Drops all bytes from a position on, where the batch with {@code nextOffset} began. */
    public void truncateToPosition(int position, long nextOffset) throws IOException {
        offsetIndex.truncateToPosition(position);
        timeIndex.truncateTo(nextOffset);
        transactionIndex.truncateTo(nextOffset);
        file.truncate(position);
        sizeBytes = position;
        if (position == 0) {
            firstTimestampMs = NO_TIMESTAMP;
        }
        timestampsLoaded = false;
        loadTimestamps();
    }

    /** Drops everything the indexes hold, before the segment is scanned anew. */
    public void resetForRebuild() throws IOException {
        offsetIndex.reset();
        timeIndex.reset();
        transactionIndex.reset();
        sizeBytes = 0;
        bytesSinceIndexEntry = 0;
        maxTimestampMs = NO_TIMESTAMP;
        offsetOfMaxTimestamp = baseOffset;
        firstTimestampMs = NO_TIMESTAMP;
        timestampsLoaded = true;
    }

    /** Takes bytes that could not be read as batches as part of the segment all the same. */
    public void keepUnindexed(int wholeSizeBytes) {
        sizeBytes = wholeSizeBytes;
    }

    /** Completes the indexes when a newer segment takes over, or at a clean shutdown. */
    public void finishIndexes() throws IOException {
        if (sizeBytes > 0) {
            loadTimestamps();
            timeIndex.maybeAppend(maxTimestampMs, offsetOfMaxTimestamp);
        }
        writeIndexes();
    }

    /** Hands the index entries that are only in memory to the operating system, before {@link #force}. */
    public void writeIndexes() throws IOException {
        offsetIndex.write();
        timeIndex.write();
    }

    /** Makes the log file durable. Blocks; any thread. */
    public void force() throws IOException {
        file.force();
        transactionIndex.force();
    }

    /**
     * Makes the indexes durable as far as they are written. Blocks; any thread. The active segment needs it at a clean
     * shutdown only: after a crash its indexes are built anew in any case.
     */
    public void forceIndexes() throws IOException {
        offsetIndex.force();
        timeIndex.force();
    }

    /**
     * The log file with a reference for the caller; any thread.
     *
     * @throws NoSuchFileException if the segment has been deleted
     */
    public LogFile retainFile() throws IOException {
        return file.retain();
    }

    /** Renames the files of a segment that is complete and on disk so that a restart puts it in its place. */
    public synchronized void becomeSwap() throws IOException {
        rename(partitionDirectory, SegmentFiles.SWAP_SUFFIX);
    }

    /** Gives the files their final names. */
    public synchronized void becomeLive() throws IOException {
        rename(partitionDirectory, "");
    }

    /** Renames the files so that a restart deletes them; who reads the segment can go on. */
    public synchronized void markDeleted() throws IOException {
        rename(partitionDirectory, SegmentFiles.DELETED_SUFFIX);
    }

    /** Follows its directory, which has got another name. */
    public synchronized void directoryRenamed(String newPartitionDirectory) throws IOException {
        rename(newPartitionDirectory, suffix);
    }

    private void rename(String newDirectory, String newSuffix) throws IOException {
        partitionDirectory = newDirectory;
        suffix = newSuffix;
        file.renameTo(path(SegmentFiles.LOG_SUFFIX));
        offsetIndex.renameTo(path(OffsetIndex.SUFFIX));
        timeIndex.renameTo(path(TimeIndex.SUFFIX));
        transactionIndex.renameTo(path(TransactionIndex.SUFFIX));
    }

    /** Deletes the files. Blocks; any thread. */
    public synchronized void delete() throws IOException {
        close();
        file.delete();
        offsetIndex.delete();
        timeIndex.delete();
        transactionIndex.delete();
    }

    /** Closes the files without writing; who has retained the log file can still read it. */
    public synchronized void close() {
        file.close();
        offsetIndex.close();
        timeIndex.close();
    }

    private String path(String fileSuffix) {
        return partitionDirectory + "/" + SegmentFiles.name(baseOffset, fileSuffix) + suffix;
    }
}
