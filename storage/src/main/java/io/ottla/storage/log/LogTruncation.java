package io.ottla.storage.log;

import io.ottla.protocol.record.CorruptRecordsException;
import io.ottla.storage.epoch.LeaderEpochs;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops the end of a log, or all of it. Confined to the log's home loop. */
final class LogTruncation {
    private static final Logger LOG = LoggerFactory.getLogger(LogTruncation.class);

    private final LogParts parts;
    private final LogContext context;
    private final LogTail tail;
    private final LogState state;
    private @Nullable LongConsumer listener;

    LogTruncation(LogParts parts) {
        this.parts = parts;
        this.context = parts.context();
        this.tail = parts.tail();
        this.state = parts.state();
    }

    /** Has somebody told at once of offsets from which on records are dropped; null for nobody. */
    void onTruncation(@Nullable LongConsumer newListener) {
        listener = newListener;
    }

    /** As {@link PartitionLog#truncateTo}. */
    void truncateTo(long offset, long fileDeleteDelayMs) {
        if (offset >= tail.nextOffset()) {
            forgetEpochsWithoutRecords();
            return;
        }
        if (offset <= state.logStartOffset()) {
            restartAt(offset, fileDeleteDelayMs);
            return;
        }
        LOG.info("{}: truncating from {} to {}", context.partition(), tail.nextOffset(), offset);
        try {
            parts.swap().beforeTruncation(offset);
            parts.work().deleteLater(tail.truncateTo(offset), fileDeleteDelayMs);
            if (tail.nextOffset() < state.logStartOffset()) {
                restartAt(state.logStartOffset(), fileDeleteDelayMs); // The batch that contained it is gone.
                return;
            }
            onCut();
        } catch (IOException | CorruptRecordsException e) {
            throw context.offline("truncation of " + context.partition() + " to " + offset, e);
        }
        state.publish();
        tellTruncated(tail.nextOffset());
    }

    /** Has what is known of the log follow its segments. */
    private void onCut() throws IOException {
        long end = tail.nextOffset();
        long highWatermark = Math.min(state.highWatermark(), end);
        parts.flusher().onTruncated(end);
        state.setEpochs(state.epochs().truncateFromEnd(end));
        state.setHighWatermark(highWatermark);
        parts.producers()
                .onTruncated(
                        tail.segments(), new LogOffsets(state.logStartOffset(), end, highWatermark, highWatermark));
    }

    /** A leadership that has ended before its first append has left an epoch that the next leader may not know. */
    private void forgetEpochsWithoutRecords() {
        if (state.setEpochs(state.epochs().truncateFromEnd(tail.nextOffset()))) {
            state.publish();
        }
    }

    /** As {@link PartitionLog#truncateFullyAndStartAt}. */
    void restartAt(long offset, long fileDeleteDelayMs) {
        LOG.info(
                "{}: dropping offsets {} to {}, going on at {}",
                context.partition(),
                state.logStartOffset(),
                tail.nextOffset(),
                offset);
        try {
            parts.swap().beforeTruncation(offset);
            parts.work().deleteLater(tail.restartAt(offset), fileDeleteDelayMs);
            parts.producers().restartAt(offset);
        } catch (IOException e) {
            throw context.offline("truncation of " + context.partition() + " to " + offset, e);
        }
        parts.flusher().onTruncated(offset);
        state.setEpochs(LeaderEpochs.EMPTY);
        state.setLogStartOffset(offset);
        state.setHighWatermark(offset);
        parts.flusher().onLogStart(offset);
        state.publish();
        tellTruncated(offset);
    }

    private void tellTruncated(long offset) {
        if (listener != null) {
            listener.accept(offset);
        }
    }
}
