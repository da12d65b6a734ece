package io.ottla.storage.compaction;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.index.AbortedTransaction;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;

/**
 * Copies a group of segments into one, which is theirs to be. Confined to its job, which closes it, and deletes the copy if it
 * is of no use.
 */
final class GroupCopier implements AutoCloseable {
    private final List<LogSegment> group;
    private final LogSegment cleaned;
    private final BatchFilter filter;
    private final BatchReader reader;
    private final int indexIntervalBytes;
    private final int bufferBytes;
    private final ByteBuf out;
    private boolean complete;
    private boolean changed;
    private long readBytes;
    private long readRecords;

    GroupCopier(
            List<LogSegment> group, LogSegment cleaned, BatchFilter filter, int indexIntervalBytes, int bufferBytes) {
        this.group = group;
        this.cleaned = cleaned;
        this.filter = filter;
        this.reader = new BatchReader(group, 0, bufferBytes);
        this.indexIntervalBytes = indexIntervalBytes;
        this.bufferBytes = bufferBytes;
        this.changed = group.size() > 1;
        this.out = ByteBufAllocator.DEFAULT.directBuffer(bufferBytes);
    }

    /**
     * Copies on, about {@code budgetBytes}. Blocks.
     *
     * @return the bytes read and written
     */
    long copy(int budgetBytes) throws IOException {
        long readBefore = readBytes;
        long writtenBefore = cleaned.sizeBytes();
        while (readBytes - readBefore < budgetBytes && !complete) {
            if (!reader.next()) {
                finish();
                break;
            }
            copyBatch();
        }
        return readBytes - readBefore + cleaned.sizeBytes() - writtenBefore;
    }

    private void copyBatch() throws IOException {
        ByteBuf source = reader.buffer();
        int position = reader.position();
        readBytes += reader.sizeBytes();
        readRecords += RecordBatch.recordCount(source, position);
        changed |= filter.copy(source, position, reader.isLast(), out);
        AbortedTransaction ended =
                RecordBatch.isControl(source, position) ? filter.trail().indexEntry() : null;
        if (ended != null) {
            cleaned.transactionIndex().append(ended);
        }
        if (out.readableBytes() >= bufferBytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        int length = out.readableBytes();
        if (length > Integer.MAX_VALUE - cleaned.sizeBytes()) {
            throw new IllegalStateException(cleaned.name() + " would exceed " + Integer.MAX_VALUE + " bytes");
        }
        if (length > 0) {
            cleaned.append(out, 0, length);
            int at = 0;
            while (at < length) {
                int size = RecordBatch.sizeBytes(out, at);
                cleaned.accept(out, at, size, indexIntervalBytes);
                at += size;
            }
        }
        out.clear();
    }

    private void finish() throws IOException {
        flush();
        cleaned.finishIndexes();
        if (changed) {
            cleaned.force();
            cleaned.forceIndexes();
        }
        complete = true;
    }

    /** Whether the whole group has been copied, and the copy is on disk. */
    boolean isComplete() {
        return complete;
    }

    /** Whether the copy differs from the group in any way. */
    boolean isChanged() {
        return changed;
    }

    List<LogSegment> group() {
        return group;
    }

    LogSegment cleaned() {
        return cleaned;
    }

    long readBytes() {
        return readBytes;
    }

    long readRecords() {
        return readRecords;
    }

    @Override
    public void close() {
        reader.close();
        out.release();
    }
}
