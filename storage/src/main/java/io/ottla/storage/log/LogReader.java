package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.file.FileRange;
import io.ottla.storage.file.LogFile;
import io.ottla.storage.index.AbortedTransaction;
import io.ottla.storage.log.LogView.FirstBatch;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a {@link LogView} is read. Stateless; any thread. */
final class LogReader {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);

    /** Up to this size bytes are read at once into a buffer: cheaper than the detour of a file region of its own. */
    static final int BUFFERED_READ_MAX_BYTES = 64 * 1024;

    private LogReader() {}

    static FetchedRecords read(LogView view, Range wanted) {
        long startOffset = wanted.startOffset;
        if (startOffset < view.logStartOffset() || startOffset > view.logEndOffset()) {
            return FetchedRecords.failed(view, startOffset, ErrorCode.OFFSET_OUT_OF_RANGE);
        }
        if (startOffset >= Math.min(wanted.endOffset, view.logEndOffset())
                || (wanted.maxBytes <= 0 && wanted.firstBatch == FirstBatch.ONLY_IF_IT_FITS)) {
            return FetchedRecords.empty(view, startOffset);
        }
        try {
            SegmentList segments = view.segments();
            for (int i = segments.floor(startOffset); i < segments.size(); i++) {
                FetchedRecords found = readSegment(view, i, wanted);
                if (found != null) {
                    return found;
                }
            }
            return FetchedRecords.empty(view, startOffset);
        } catch (NoSuchFileException | ClosedChannelException e) {
            LOG.debug("{} was deleted while being read", view.partition(), e);
        } catch (BatchScan.FaultException e) {
            LOG.error("{}: read at offset {} met damage: {}", view.partition(), startOffset, e.getMessage());
        } catch (IOException e) {
            view.directory().health().takeOffline("read of " + view.partition() + " at offset " + startOffset, e);
        }
        return FetchedRecords.failed(view, startOffset, ErrorCode.KAFKA_STORAGE_ERROR);
    }

    /**
     * What is to be read, as {@link LogView#read} has it.
     *
     * @param known where the first batch may begin
     */
    record Range(
            long startOffset,
            long endOffset,
            int maxBytes,
            FirstBatch firstBatch,
            @Nullable LogPosition known) {}

    /** Reads within one segment; null if all its batches are before the start. */
    private static @Nullable FetchedRecords readSegment(LogView view, int index, Range wanted) throws IOException {
        LogSegment segment = view.segments().get(index);
        int limit = view.sizeBytes(index);
        LogFile file = segment.retainFile();
        try (BatchScan scan = find(file, segment, limit, wanted)) {
            if (scan.atEnd()) {
                return null;
            }
            int position = scan.position();
            int available = scan.sizeBytes();
            if (RecordBatch.baseOffset(scan.buffer(), scan.index()) >= wanted.endOffset()
                    || (available > wanted.maxBytes() && wanted.firstBatch() == FirstBatch.ONLY_IF_IT_FITS)) {
                return FetchedRecords.empty(view, wanted.startOffset());
            }
            int length = Math.max(available, Math.min(wanted.maxBytes(), limit - position));
            int boundPosition = endPosition(view, index, position, wanted.endOffset());
            length = Math.min(length, boundPosition - position);
            LogPosition next = position + length == boundPosition ? next(view, index, boundPosition, wanted) : null;
            FetchedRecords.End end = new FetchedRecords.End(segment.baseOffset(), position + length, next);
            if (scan.covers(length)) {
                ByteBuf bytes = scan.buffer().retainedSlice(scan.index(), length);
                return FetchedRecords.of(view, wanted.startOffset(), bytes, end);
            }
            if (length <= BUFFERED_READ_MAX_BYTES) {
                ByteBuf bytes = ByteBufAllocator.DEFAULT.directBuffer(length);
                file.read(position, bytes, length);
                return FetchedRecords.of(view, wanted.startOffset(), bytes, end);
            }
            FileRange range = new FileRange(segment.retainFile(), position, length);
            return FetchedRecords.of(view, wanted.startOffset(), range, end);
        } finally {
            file.release();
        }
    }

    /**
     * A scan that stands at the first batch of a segment whose last offset is not before {@code offset}, or at the end.
     * An index that leads astray (it raced with a truncation, or is damaged) is not trusted: the scan begins anew at the
     * start of the segment.
     */
    static BatchScan find(LogFile file, LogSegment segment, int limit, long offset) throws IOException {
        int from = segment.offsetIndex().positionBefore(offset);
        if (from > 0 && from < limit) {
            BatchScan scan = scanTo(file, from, limit, offset);
            if (scan.atEnd()
                    || (scan.hasBatch()
                            && (scan.position() > from
                                    || RecordBatch.baseOffset(scan.buffer(), scan.index()) <= offset))) {
                return scan;
            }
            scan.close();
            LOG.warn("{}: the index leads offset {} to position {}, where no batch is", segment.name(), offset, from);
        }
        BatchScan scan = scanTo(file, 0, limit, offset);
        if (!scan.hasBatch() && !scan.atEnd()) {
            String fault = scan.fault();
            scan.close();
            throw new BatchScan.FaultException(segment.name() + ": at position " + scan.position() + " " + fault);
        }
        return scan;
    }

    private static BatchScan scanTo(LogFile file, int from, int limit, long offset) throws IOException {
        BatchScan scan = new BatchScan(file, from, limit, BatchScan.LOOKUP_WINDOW_BYTES);
        boolean usable = false;
        try {
            boolean more = scan.next();
            while (more && RecordBatch.lastOffset(scan.buffer(), scan.index()) < offset) {
                more = scan.next();
            }
            usable = true;
            return scan;
        } finally {
            if (!usable) {
                scan.close();
            }
        }
    }

    /** Where a read goes on that has brought everything there was; null if that is in another segment. */
    private static @Nullable LogPosition next(LogView view, int index, int position, Range wanted) {
        long offset = Math.min(wanted.endOffset(), view.logEndOffset());
        LogSegment segment = view.segments().get(index);
        return index == view.segments().size() - 1 ? new LogPosition(offset, segment, position) : null;
    }

    /** A scan that stands at the first batch wanted, or at the end. */
    private static BatchScan find(LogFile file, LogSegment segment, int limit, Range wanted) throws IOException {
        LogPosition known = wanted.known();
        if (known != null
                && known.segment() == segment
                && known.offset() == wanted.startOffset()
                && known.position() < limit) {
            boolean all = limit - known.position() <= BUFFERED_READ_MAX_BYTES;
            BatchScan scan = new BatchScan(
                    file, known.position(), limit, all ? BUFFERED_READ_MAX_BYTES : BatchScan.LOOKUP_WINDOW_BYTES);
            boolean right = false;
            try {
                right = scan.next() && RecordBatch.baseOffset(scan.buffer(), scan.index()) == known.offset();
                if (right) {
                    return scan;
                }
            } finally {
                if (!right) {
                    scan.close();
                }
            }
        }
        return find(file, segment, limit, wanted.startOffset());
    }

    /** Where the batches before {@code endOffset} end in a segment. */
    private static int endPosition(LogView view, int index, int fromPosition, long endOffset) throws IOException {
        SegmentList segments = view.segments();
        int limit = view.sizeBytes(index);
        boolean last = index == segments.size() - 1;
        long nextBase = last ? view.logEndOffset() : segments.get(index + 1).baseOffset();
        if (endOffset >= nextBase) {
            return limit;
        }
        LogSegment segment = segments.get(index);
        int from = Math.max(fromPosition, Math.min(limit, segment.offsetIndex().positionBefore(endOffset - 1)));
        LogFile file = segment.retainFile();
        try (BatchScan scan = new BatchScan(file, from, limit, BatchScan.LOOKUP_WINDOW_BYTES)) {
            while (scan.next()) {
                if (RecordBatch.baseOffset(scan.buffer(), scan.index()) >= endOffset) {
                    return scan.position();
                }
            }
            return scan.position();
        } finally {
            file.release();
        }
    }

    static long bytesBetween(LogView view, long startOffset, long endOffset) {
        long end = Math.min(endOffset, view.logEndOffset());
        if (startOffset >= end) {
            return 0;
        }
        SegmentList segments = view.segments();
        int first = segments.floor(startOffset);
        int last = segments.floor(end - 1);
        try {
            int from = segments.get(first).offsetIndex().positionBefore(startOffset);
            long bytes = end >= view.logEndOffset()
                    ? view.sizeBytes(last)
                    : segments.get(last).offsetIndex().positionBefore(end);
            for (int i = first; i < last; i++) {
                bytes += view.sizeBytes(i);
            }
            return Math.max(1, bytes - from);
        } catch (IOException e) {
            LOG.debug("{}: no estimate of the bytes from {} to {}", view.partition(), startOffset, end, e);
            return 1; // The read itself will meet the error and tell.
        }
    }

    static boolean isInMemory(LogView view, long startOffset, int maxBytes) {
        int index = view.segments().floor(startOffset);
        LogSegment segment = view.segments().get(index);
        try {
            int from = segment.offsetIndex().positionBefore(startOffset);
            int length = Math.min(maxBytes, view.sizeBytes(index) - from);
            if (length <= 0) {
                return true;
            }
            LogFile file = segment.retainFile();
            try {
                return file.isInMemory(from, length);
            } finally {
                file.release();
            }
        } catch (IOException e) {
            LOG.debug("{}: cannot tell whether offset {} is in memory", view.partition(), startOffset, e);
            return false; // The read itself will meet the error and tell, where waiting does no harm.
        }
    }

    static List<AbortedTransaction> abortedTransactions(LogView view, FetchedRecords fetched) throws IOException {
        List<AbortedTransaction> found = new ArrayList<>();
        if (fetched.isEmpty()) {
            return found;
        }
        SegmentList segments = view.segments();
        int index = segments.floor(fetched.endSegmentBase());
        long nextBase = index + 1 < segments.size() ? segments.get(index + 1).baseOffset() : view.logEndOffset();
        long upper = segments.get(index).offsetIndex().offsetAtOrAfter(fetched.endPosition(), nextBase);
        for (int i = segments.floor(fetched.fetchOffset()); i < segments.size(); i++) {
            for (AbortedTransaction entry : segments.get(i).transactionIndex().all()) {
                if (entry.lastOffset() >= fetched.fetchOffset() && entry.firstOffset() < upper) {
                    found.add(entry);
                }
                if (entry.lastStableOffset() >= upper) {
                    return found;
                }
            }
        }
        return found;
    }
}
