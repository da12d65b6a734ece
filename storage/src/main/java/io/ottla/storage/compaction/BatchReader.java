package io.ottla.storage.compaction;

import io.netty.buffer.ByteBuf;
import io.ottla.storage.file.LogFile;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the batches of consecutive segments, each as a whole. Confined to its job, which closes it. Blocks. */
final class BatchReader implements AutoCloseable {
    private final List<LogSegment> segments;
    private final long fromOffset;
    private final int windowBytes;
    private int index = -1;
    private @Nullable LogFile file;
    private @Nullable BatchScan scan;

    /** @param fromOffset in the first segment batches well before it are left out */
    BatchReader(List<LogSegment> segments, long fromOffset, int windowBytes) {
        this.segments = segments;
        this.fromOffset = fromOffset;
        this.windowBytes = windowBytes;
    }

    /**
     * Steps to the next batch; false after the last one.
     *
     * @throws BatchScan.FaultException if a segment holds something else
     */
    boolean next() throws IOException {
        while (true) {
            BatchScan current = scan;
            if (current != null && current.next()) {
                if (!current.loadBatch()) {
                    throw new BatchScan.FaultException(
                            segment().name() + ": the file ends within the batch at position " + current.position());
                }
                return true;
            }
            if (current != null && !current.atEnd()) {
                throw new BatchScan.FaultException(
                        segment().name() + ": at position " + current.position() + " " + current.fault());
            }
            close();
            if (index + 1 >= segments.size()) {
                return false;
            }
            index++;
            open();
        }
    }

    private void open() throws IOException {
        LogSegment segment = segments.get(index);
        int from = index == 0 && fromOffset > segment.baseOffset()
                ? segment.offsetIndex().positionBefore(fromOffset)
                : 0;
        LogFile opened = segment.retainFile();
        file = opened;
        scan = new BatchScan(opened, from, segment.sizeBytes(), windowBytes);
    }

    /** Which of the segments the batch is in. */
    int segmentIndex() {
        return index;
    }

    private LogSegment segment() {
        return segments.get(index);
    }

    /** Whether no batch follows the current one. */
    boolean isLast() {
        if (scan().position() + scan().sizeBytes() < segment().sizeBytes()) {
            return false;
        }
        for (int i = index + 1; i < segments.size(); i++) {
            if (segments.get(i).sizeBytes() > 0) {
                return false;
            }
        }
        return true;
    }

    /** Has the current batch, whole, at {@link #position()}. */
    ByteBuf buffer() {
        return scan().buffer();
    }

    int position() {
        return scan().index();
    }

    int sizeBytes() {
        return scan().sizeBytes();
    }

    private BatchScan scan() {
        BatchScan current = scan;
        if (current == null) {
            throw new IllegalStateException("there is no batch");
        }
        return current;
    }

    @Override
    public void close() {
        BatchScan current = scan;
        scan = null;
        if (current != null) {
            current.close();
        }
        LogFile opened = file;
        file = null;
        if (opened != null) {
            opened.release();
        }
    }
}
