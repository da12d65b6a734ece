package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;

/**
 * The files of a log: its segments, of which the last grows. Confined to the log's home loop, but for
 * {@link #forceDirectory}.
 */
final class LogTail {
    private final LogContext context;
    private volatile String partitionDirectory;
    private SegmentList segments;
    private long nextOffset;

    LogTail(LogContext context, String partitionDirectory, List<LogSegment> segments, long nextOffset) {
        this.context = context;
        this.partitionDirectory = partitionDirectory;
        this.segments = new SegmentList(segments);
        this.nextOffset = nextOffset;
    }

    SegmentList segments() {
        return segments;
    }

    /** The log end offset. */
    long nextOffset() {
        return nextOffset;
    }

    /** Whether the active segment must be followed by another one before so many bytes are appended. */
    boolean shouldRoll(LogConfig.Segments config, int addedBytes, long maxTimestampMs, long lastOffset)
            throws IOException {
        LogSegment active = segments.active();
        int size = active.sizeBytes();
        if (size == 0) {
            return !active.canHold(lastOffset);
        }
        return size > config.sizeBytes() - addedBytes
                || !active.canHold(lastOffset)
                || isOld(active, config, maxTimestampMs)
                || active.offsetIndex().isFull(config.indexSizeBytes())
                || active.timeIndex().isFull(config.indexSizeBytes());
    }

    /** Whether the active segment has records and is older than {@code segment.ms} by the wall clock. */
    boolean isOld(LogConfig.Segments config) throws IOException {
        LogSegment active = segments.active();
        return active.sizeBytes() > 0 && isOld(active, config, context.clock().millis());
    }

    private boolean isOld(LogSegment active, LogConfig.Segments config, long maxTimestampMs) throws IOException {
        long jitterMs = (long) (context.rollJitter() * config.rollJitterMs());
        return active.ageForRollMs(maxTimestampMs, context.clock().millis()) > config.rollMs() - jitterMs;
    }

    /**
     * Appends whole batches to the active segment. After a failure the segment is as before.
     *
     * @throws UncutTailException if the bytes of a failed write could not be taken away again
     */
    void append(ByteBuf batches, int index, int length, int indexIntervalBytes) throws IOException {
        LogSegment active = segments.active();
        int sizeBefore = active.sizeBytes();
        try {
            active.append(batches, index, length);
            int end = index + length;
            int at = index;
            while (at < end) {
                int size = RecordBatch.sizeBytes(batches, at);
                active.accept(batches, at, size, indexIntervalBytes);
                nextOffset = RecordBatch.nextOffset(batches, at);
                at += size;
            }
        } catch (IOException e) {
            cut(active, sizeBefore, RecordBatch.baseOffset(batches, index), e);
            throw e;
        }
    }

    private void cut(LogSegment active, int sizeBefore, long offsetBefore, IOException cause)
            throws UncutTailException {
        try {
            if (active.sizeBytes() == sizeBefore) {
                active.cutTail();
            } else {
                active.truncateToPosition(sizeBefore, offsetBefore);
            }
            nextOffset = Math.min(nextOffset, offsetBefore);
        } catch (IOException e) {
            cause.addSuppressed(e);
            throw new UncutTailException(active.name(), cause);
        }
    }

    /** A failed write has left bytes that a later append must not follow (KAFKA-10778). */
    static final class UncutTailException extends IOException {
        private static final long serialVersionUID = 1L;

        UncutTailException(String name, IOException cause) {
            super("the bytes of a failed write to " + name + " could not be taken away again", cause);
        }
    }

    /**
     * Begins a new segment, unless the active one is empty and begins there already.
     *
     * @param baseOffset the log end offset, or later if the next record comes later
     */
    void roll(long baseOffset) throws IOException {
        LogSegment active = segments.active();
        if (active.baseOffset() == baseOffset) {
            return;
        }
        active.finishIndexes();
        segments = segments.plus(create(baseOffset));
    }

    /** Puts a segment in the place of others, {@code count} from {@code index} on. */
    void replace(int index, int count, LogSegment replacement) {
        segments = segments.replace(index, count, replacement);
    }

    String partitionDirectory() {
        return partitionDirectory;
    }

    /**
     * Drops everything from an offset on.
     *
     * @return the segments that are no longer part of the log
     */
    List<LogSegment> truncateTo(long offset) throws IOException {
        int index = segments.floor(offset);
        List<LogSegment> dropped = segments.from(index).asList();
        nextOffset = segments.get(index).truncateTo(offset);
        segments = segments.first(index + 1);
        return dropped.subList(1, dropped.size());
    }

    /**
     * Replaces everything by an empty segment.
     *
     * @return the segments that are no longer part of the log
     */
    List<LogSegment> restartAt(long offset) throws IOException {
        List<LogSegment> dropped = segments.asList();
        for (LogSegment segment : dropped) {
            segment.markDeleted(); // Before the new one is created, which may have the same name.
        }
        segments = new SegmentList(List.of(create(offset)));
        nextOffset = offset;
        return dropped;
    }

    /**
     * Takes the first segments away; one is left always.
     *
     * @return the segments that are no longer part of the log
     */
    List<LogSegment> dropFirst(int count) {
        List<LogSegment> dropped = segments.first(count).asList();
        segments = segments.from(count);
        return dropped;
    }

    /** Makes the names of new segments durable. Blocks; any thread. */
    void forceDirectory() throws IOException {
        LogDirectory directory = context.directory();
        if (directory.exists(partitionDirectory)) {
            directory.forceDirectory(partitionDirectory);
        }
    }

    void directoryRenamed(String newPartitionDirectory) throws IOException {
        partitionDirectory = newPartitionDirectory;
        for (LogSegment segment : segments.asList()) {
            segment.directoryRenamed(newPartitionDirectory);
        }
    }

    void closeFiles() {
        segments.asList().forEach(LogSegment::close);
    }

    private LogSegment create(long baseOffset) throws IOException {
        return LogSegment.create(
                context.directory(),
                partitionDirectory,
                baseOffset,
                context.clock().millis());
    }
}
