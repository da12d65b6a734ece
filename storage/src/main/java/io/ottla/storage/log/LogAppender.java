package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.CorruptRecordsException;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.file.SpaceReserve;
import io.ottla.storage.index.AbortedTransaction;
import io.ottla.storage.producer.CompletedTransaction;
import io.ottla.storage.producer.ProducerVerdict;
import io.ottla.storage.producer.VerificationGuard;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Adds batches at the end of a log, a leader's or a follower's. Confined to the log's home loop. */
final class LogAppender {
    private final LogParts parts;
    private final LogContext context;
    private final LogTail tail;
    private final LogProducers producers;
    private final LogState state;
    private final LogFlusher flusher;
    private final LogFence fence;
    private final LogTruncation truncation;
    private final BatchRun run = new BatchRun(Unpooled.EMPTY_BUFFER);

    LogAppender(LogParts parts, LogFence fence, LogTruncation truncation) {
        this.parts = parts;
        this.context = parts.context();
        this.tail = parts.tail();
        this.producers = parts.producers();
        this.state = parts.state();
        this.flusher = parts.flusher();
        this.fence = fence;
        this.truncation = truncation;
    }

    /** As {@link PartitionLog#append(ByteBuf, int, AppendOrigin, VerificationGuard)}. */
    AppendResult append(
            ByteBuf batches,
            int leaderEpoch,
            AppendOrigin origin,
            @Nullable VerificationGuard guard,
            LogConfig config) {
        if (fence.isClosed()) {
            return storageError();
        }
        int index = batches.readerIndex();
        String fault = run.takeAll(batches, index, batches.readableBytes());
        if (fault != null) {
            return refused(ErrorCode.CORRUPT_MESSAGE, fault);
        }
        if (run.sizeBytes() > config.segments().sizeBytes()) {
            return refused(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    run.sizeBytes() + " bytes exceed segment.bytes "
                            + config.segments().sizeBytes());
        }
        AppendResult verdict = checkProducers(batches, index, origin, guard);
        if (verdict != null) {
            return verdict;
        }
        if (origin == AppendOrigin.CLIENT
                && !context.directory().health().space().admits(run.sizeBytes())) {
            return noSpace();
        }
        run.assign(batches, index, tail.nextOffset(), leaderEpoch);
        AppendResult failure = write(batches, index, config);
        return failure != null
                ? failure
                : AppendResult.appended(
                        run.baseOffset(), run.lastOffset(), run.logAppendTimeMs(), state.logStartOffset());
    }

    /** As {@link PartitionLog#appendAsFollower}. */
    AppendResult replicate(ByteBuf batches, LogConfig config) {
        int index = batches.readerIndex();
        if (!fence.isClosed() && beginsBeforeEmptyLog(batches, index)) {
            truncation.restartAt(
                    RecordBatch.baseOffset(batches, index), config.segments().fileDeleteDelayMs());
        }
        long firstOffset = tail.nextOffset();
        while (index < batches.writerIndex()) {
            if (fence.isClosed()) {
                return storageError();
            }
            String fault = run.takeReplicated(
                    batches,
                    index,
                    batches.writerIndex() - index,
                    config.segments().sizeBytes(),
                    tail.nextOffset());
            if (fault != null) {
                return refused(ErrorCode.CORRUPT_MESSAGE, fault);
            }
            if (run.sizeBytes() == 0) {
                break;
            }
            AppendResult failure = write(batches, index, config);
            if (failure != null) {
                return failure;
            }
            index += run.sizeBytes();
        }
        return AppendResult.appended(
                firstOffset, tail.nextOffset() - 1, RecordBatch.NO_TIMESTAMP, state.logStartOffset());
    }

    private boolean beginsBeforeEmptyLog(ByteBuf batches, int index) {
        return state.logStartOffset() == tail.nextOffset()
                && batches.writerIndex() - index >= RecordBatch.RECORDS_AT
                && RecordBatch.baseOffset(batches, index) < tail.nextOffset()
                && RecordBatch.lastOffset(batches, index) >= tail.nextOffset();
    }

    private @Nullable AppendResult checkProducers(
            ByteBuf batches, int index, AppendOrigin origin, @Nullable VerificationGuard guard) {
        ProducerVerdict verdict = producers.check(batches, index, run.sizeBytes(), origin, guard);
        if (verdict instanceof ProducerVerdict.Duplicate duplicate) {
            boolean stamped = run.logAppendTimeMs() != RecordBatch.NO_TIMESTAMP;
            return AppendResult.duplicate(
                    duplicate.baseOffset(),
                    duplicate.lastOffset(),
                    stamped ? duplicate.timestamp() : RecordBatch.NO_TIMESTAMP,
                    state.logStartOffset());
        }
        return verdict instanceof ProducerVerdict.Rejected rejected
                ? refused(rejected.error(), rejected.message())
                : null;
    }

    /** Writes the run of batches that begins at {@code index}, which have their offsets; null if all went well. */
    private @Nullable AppendResult write(ByteBuf batches, int index, LogConfig config) {
        try {
            if (tail.shouldRoll(config.segments(), run.sizeBytes(), run.maxTimestampMs(), run.lastOffset())) {
                parts.rollAt(run.baseOffset());
            }
            tail.append(batches, index, run.sizeBytes(), config.segments().indexIntervalBytes());
        } catch (IOException e) {
            return onFailedWrite(e);
        }
        try {
            account(batches, index);
        } catch (IOException | CorruptRecordsException e) {
            fence.closeUntilRecovered("offset " + run.baseOffset() + " was written but could not be accounted for", e);
            return storageError();
        }
        state.publish(); // First, so that a flush that begins at once sees it.
        flusher.onAppended(config.flush(), tail.nextOffset());
        return null;
    }

    private void account(ByteBuf batches, int index) throws IOException {
        LeaderEpochs epochs = state.epochs();
        int end = index + run.sizeBytes();
        for (int at = index; at < end; at += RecordBatch.sizeBytes(batches, at)) {
            int epoch = RecordBatch.leaderEpoch(batches, at);
            if (epoch >= 0) {
                epochs = epochs.assign(epoch, RecordBatch.baseOffset(batches, at));
            }
            CompletedTransaction completed = producers.states().onAppended(batches, at);
            if (completed != null && completed.isAborted()) {
                tail.segments().active().transactionIndex().append(AbortedTransaction.of(completed));
            }
        }
        state.setEpochs(epochs);
    }

    private AppendResult onFailedWrite(IOException e) {
        String action = "append to " + context.partition() + " at offset " + tail.nextOffset();
        if (e instanceof LogTail.UncutTailException) {
            fence.closeUntilRecovered(action + " failed", e);
        } else if (context.directory().health().isOnline() && SpaceReserve.isDiskFull(e)) {
            // The log is as before: reads, deletion and retention go on, and make room again.
            context.directory().health().space().onDiskFull(action);
            return noSpace();
        } else {
            context.directory().health().takeOffline(action, e);
        }
        return storageError();
    }

    private AppendResult noSpace() {
        return refused(
                ErrorCode.KAFKA_STORAGE_ERROR,
                "no space left on " + context.directory().path() + " for producers, see log.dir.reserve.bytes");
    }

    private AppendResult storageError() {
        return AppendResult.failed(ErrorCode.KAFKA_STORAGE_ERROR, fence.reason(), state.logStartOffset());
    }

    private AppendResult refused(ErrorCode error, String message) {
        return AppendResult.failed(error, context.partition() + ": " + message, state.logStartOffset());
    }
}
