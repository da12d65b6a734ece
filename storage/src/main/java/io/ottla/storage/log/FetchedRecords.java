package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.schema.MessageWriter;
import io.ottla.protocol.schema.RecordBytes;
import io.ottla.storage.file.FileRange;
import org.jspecify.annotations.Nullable;

/**
 * What a read of one partition has found: whole batches, of which only the last may be cut short by the maximum of bytes,
 * or an error, or nothing. Few bytes are in a buffer already, many stay a range of the segment's file.
 *
 * <p>Confined to its holder, who releases it once. The offsets are those of the view that was read.
 */
public final class FetchedRecords implements RecordBytes {
    private final ErrorCode error;
    private final LogView view;
    private final long fetchOffset;
    private final @Nullable ByteBuf buffer;
    private final @Nullable FileRange range;
    private final End end;

    /**
     * Where the bytes end.
     *
     * @param segmentBase base offset of the segment in which that is
     * @param position in the segment's file, exclusive
     * @param next where whoever has read them goes on; null if that is amid a batch or in another segment
     */
    record End(long segmentBase, int position, @Nullable LogPosition next) {}

    private FetchedRecords(
            ErrorCode error,
            LogView view,
            long fetchOffset,
            @Nullable ByteBuf buffer,
            @Nullable FileRange range,
            End end) {
        this.error = error;
        this.view = view;
        this.fetchOffset = fetchOffset;
        this.buffer = buffer;
        this.range = range;
        this.end = end;
    }

    static FetchedRecords empty(LogView view, long fetchOffset) {
        return new FetchedRecords(ErrorCode.NONE, view, fetchOffset, null, null, new End(fetchOffset, 0, null));
    }

    static FetchedRecords failed(LogView view, long fetchOffset, ErrorCode error) {
        return new FetchedRecords(error, view, fetchOffset, null, null, new End(fetchOffset, 0, null));
    }

    static FetchedRecords of(LogView view, long fetchOffset, ByteBuf buffer, End end) {
        return new FetchedRecords(ErrorCode.NONE, view, fetchOffset, buffer, null, end);
    }

    static FetchedRecords of(LogView view, long fetchOffset, FileRange range, End end) {
        return new FetchedRecords(ErrorCode.NONE, view, fetchOffset, null, range, end);
    }

    /** {@link ErrorCode#NONE}, OFFSET_OUT_OF_RANGE, or KAFKA_STORAGE_ERROR. */
    public ErrorCode error() {
        return error;
    }

    /** The view that was read: log start offset, high watermark, last stable offset, log end offset. */
    public LogView view() {
        return view;
    }

    public long fetchOffset() {
        return fetchOffset;
    }

    public boolean isEmpty() {
        return sizeBytes() == 0;
    }

    /** The bytes if they are in memory, or null; not retained for the caller. */
    public @Nullable ByteBuf buffer() {
        return buffer;
    }

    /** The range of the segment's file if the bytes are not in memory, or null; not retained for the caller. */
    public @Nullable FileRange range() {
        return range;
    }

    /** The segment in which the bytes end, for the search of aborted transactions. */
    long endSegmentBase() {
        return end.segmentBase;
    }

    /** Where in that segment they end, exclusive. */
    int endPosition() {
        return end.position;
    }

    /** For the next read, from the offset after the last one here; null if it has to search. */
    public @Nullable LogPosition next() {
        return end.next;
    }

    @Override
    public int sizeBytes() {
        if (buffer != null) {
            return buffer.readableBytes();
        }
        return range == null ? 0 : range.sizeBytes();
    }

    /** Writes a small buffer by copy, a larger one by reference, and a range as a {@link FileRange} part. */
    @Override
    public void writeTo(MessageWriter out) {
        if (buffer != null) {
            out.writeBuffer(buffer);
        } else if (range != null) {
            out.writePart(range.retain(), range.sizeBytes());
        }
    }

    @Override
    public void release() {
        if (buffer != null) {
            buffer.release();
        } else if (range != null) {
            range.release();
        }
    }
}
