package io.ottla.replication.partition;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.BatchCursor;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.file.FileRange;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.FetchedRecords;
import io.ottla.storage.log.LogView;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a repeated batch in the log, backwards from where it can be at the latest, which is where it is if nobody else
 * has written meanwhile. Confined to the worker that carries it out; used once.
 */
final class BatchSearch {

    /** Who repeats a batch does it within seconds; this is as much as many busy producers write in one. */
    static final long MAX_BYTES = 64L << 20;

    private static final int CHUNK_BYTES = 64 << 10;

    private final RepeatedBatch wanted;
    private final LogView view;
    private long searchedBytes;
    private @Nullable AppendResult outcome;

    BatchSearch(RepeatedBatch wanted, LogView view) {
        this.wanted = wanted;
        this.view = view;
    }

    /** Where the log has the batch, or why it could not be read; empty if it is not there. Blocks. */
    Optional<AppendResult> run() throws IOException {
        long end = wanted.latestOffset() + 1;
        long length = wanted.recordCount();
        while (outcome == null && end > view.logStartOffset() && searchedBytes < MAX_BYTES) {
            long start = Math.max(view.logStartOffset(), end - length);
            searchWithin(start, end);
            end = start;
            length *= 2;
        }
        return Optional.ofNullable(outcome);
    }

    private void searchWithin(long start, long end) throws IOException {
        long next = start;
        while (outcome == null && next >= 0 && next < end) {
            FetchedRecords chunk = view.read(next, CHUNK_BYTES, end, LogView.FirstBatch.WHOLE);
            try {
                next = searchIn(chunk);
            } finally {
                chunk.release();
            }
        }
    }

    /** The offset after the last whole batch of the chunk, -1 if there is none. */
    private long searchIn(FetchedRecords chunk) throws IOException {
        if (chunk.error() != ErrorCode.NONE) {
            outcome = AppendResult.failed(chunk.error(), view.partition() + " could not be searched", -1);
            return -1;
        }
        searchedBytes += chunk.sizeBytes();
        ByteBuf buffer = chunk.buffer();
        FileRange range = chunk.range();
        if (buffer != null) {
            return searchIn(buffer);
        }
        if (range == null) {
            return -1;
        }
        ByteBuf loaded = ByteBufAllocator.DEFAULT.directBuffer(range.sizeBytes());
        try {
            range.readInto(loaded, 0, range.sizeBytes());
            return searchIn(loaded);
        } finally {
            loaded.release();
        }
    }

    private long searchIn(ByteBuf buffer) {
        long next = -1;
        BatchCursor batches = new BatchCursor(buffer, buffer.readerIndex(), buffer.readableBytes());
        while (batches.next() == BatchCursor.Step.BATCH) {
            int position = batches.position();
            if (wanted.isAt(buffer, position)) {
                outcome = found(buffer, position);
            }
            next = RecordBatch.nextOffset(buffer, position);
        }
        return next;
    }

    private AppendResult found(ByteBuf buffer, int position) {
        return AppendResult.duplicate(
                RecordBatch.baseOffset(buffer, position),
                RecordBatch.lastOffset(buffer, position),
                RecordBatch.isLogAppendTime(buffer, position)
                        ? RecordBatch.maxTimestamp(buffer, position)
                        : RecordBatch.NO_TIMESTAMP,
                view.logStartOffset());
    }
}
