package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.PartitionMetadataFile;
import io.ottla.storage.producer.ProducerStates;
import io.ottla.storage.producer.VerificationGuard;
import io.ottla.storage.recovery.RecoveredLog;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of one partition. Confined to the partition's home loop, which each method asserts, but for those that say
 * otherwise; {@link #view()} is for everybody.
 *
 * <p>An append writes to the file at once, in the calling thread, and completes when it returns; durability is a question
 * of its own, answered by {@link #flushed}. An IO error takes the log directory offline and is answered by
 * KAFKA_STORAGE_ERROR. If the bytes of a failed write cannot be taken away again, the log is fenced until a restart
 * recovers it: no later append may follow them (KAFKA-10778).
 */
public final class PartitionLog {
    /** The id of a log whose topic has none. */
    public static final UUID NO_TOPIC_ID = new UUID(0, 0);

    /** The cleaned offset of a log that was never cleaned. */
    public static final long NEVER_CLEANED = SegmentSwap.NEVER;

    private final LogParts parts;
    private final LogContext context;
    private final LogTail tail;
    private final LogProducers producers;
    private final LogState state;
    private final LogFlusher flusher;
    private final SegmentSwap swap;
    private final LogTruncation truncation;
    private final LogFence fence;
    private final LogAppender appender;
    private volatile UUID topicId;
    private volatile LogConfig config;

    private PartitionLog(LogParts parts, LogConfig config) {
        this.parts = parts;
        this.context = parts.context();
        this.tail = parts.tail();
        this.producers = parts.producers();
        this.state = parts.state();
        this.flusher = parts.flusher();
        this.swap = parts.swap();
        this.truncation = new LogTruncation(parts);
        this.fence = new LogFence(context);
        this.appender = new LogAppender(parts, fence, truncation);
        this.topicId = context.topicId();
        this.config = config;
    }

    /**
     * Takes over a log from its recovery; any thread.
     *
     * @param highWatermark as it was last checkpointed
     * @param cleanedOffset likewise, {@link #NEVER_CLEANED} if it never was
     */
    public static PartitionLog of(
            LogContext context, RecoveredLog recovered, long highWatermark, long cleanedOffset, LogConfig config) {
        PartitionLog log = new PartitionLog(LogParts.of(context, recovered, highWatermark), config);
        log.swap.restore(cleanedOffset);
        return log;
    }

    /** The log as of now; any thread. */
    public LogView view() {
        return state.view();
    }

    /** Any thread. */
    public TopicPartition partition() {
        return context.partition();
    }

    /** The topic's id, all zero if it has none; any thread. */
    public UUID topicId() {
        return topicId;
    }

    /** Gives the log the id of its topic if it has none, which is so after an upgrade from old versions; any thread. */
    public void adoptTopicId(UUID id) {
        if (topicId.equals(NO_TOPIC_ID) && !id.equals(NO_TOPIC_ID)) {
            topicId = id;
            parts.work()
                    .run(
                            "partition metadata of " + context.partition(),
                            () -> PartitionMetadataFile.write(
                                    context.directory(), context.partition().toString(), id));
        }
    }

    /** Any thread. */
    public LogDirectory directory() {
        return context.directory();
    }

    /** The loop that owns the log; any thread. */
    public EventExecutor home() {
        return context.home();
    }

    /** Runs a task on the home loop, at once if this is it; any thread. */
    public void runAtHome(Runnable task) {
        if (home().inEventLoop()) {
            task.run();
        } else {
            home().execute(task);
        }
    }

    /** The settings in force; any thread. */
    public LogConfig config() {
        return config;
    }

    /** From where on a recovery has to look, after a loss of power; any thread. */
    public long indexedRecoveryPoint() {
        return flusher.indexedRecoveryPoint();
    }

    /** Everything before this offset is on disk; any thread. */
    public long recoveryPoint() {
        return flusher.recoveryPoint();
    }

    /** What is known of the producers; for DescribeProducers and the expiry of producer ids. */
    public ProducerStates producers() {
        assertOwner();
        return producers.states();
    }

    /** Changes the settings. */
    public void reconfigure(LogConfig changed) {
        assertOwner();
        config = changed;
    }

    /**
     * Appends as the leader: assigns offsets and the leader epoch in place.
     *
     * @param batches the readable bytes are whole batches, validated; neither released nor moved
     * @param leaderEpoch the epoch of this leadership
     * @param origin how much is asked of the producers' sequences
     * @return the offsets, for a duplicate the original ones; or why nothing was appended
     */
    public AppendResult append(ByteBuf batches, int leaderEpoch, AppendOrigin origin) {
        return append(batches, leaderEpoch, origin, VerificationGuard.NOT_REQUIRED);
    }

    /**
     * As {@link #append(ByteBuf, int, AppendOrigin)}.
     *
     * @param guard what shows that a transactional batch may begin a transaction here, null if nothing does
     */
    public AppendResult append(
            ByteBuf batches, int leaderEpoch, AppendOrigin origin, @Nullable VerificationGuard guard) {
        assertOwner();
        return appender.append(batches, leaderEpoch, origin, guard, config);
    }

    /**
     * Notes that the log end is where a leadership begins, whether or not it will ever append: followers that were ahead in
     * an earlier epoch learn from it where that one ended (KIP-101).
     */
    public void beginLeaderEpoch(int leaderEpoch) {
        assertOwner();
        if (state.setEpochs(state.epochs().assign(leaderEpoch, tail.nextOffset()))) {
            state.publish();
        }
    }

    /**
     * Appends as a follower what the leader has sent, offsets and epochs as they are.
     *
     * <p>The leader's log may start within a batch. An empty log that is to start there gets the whole batch, and starts at
     * its first offset until the leader's log start is taken over.
     *
     * @param batches the readable bytes are batches from the log end offset on; one that is cut short at the end is left
     *     out. Neither released nor moved
     * @return the offsets appended (the last one is before the first if there was no whole batch); or why something was
     *     not, in which case the batches before it are in the log
     */
    public AppendResult appendAsFollower(ByteBuf batches) {
        assertOwner();
        return appender.replicate(batches, config);
    }

    /** Raises the high watermark, at most to the log end; says whether it has changed. */
    public boolean advanceHighWatermark(long offset) {
        assertOwner();
        long bounded = Math.min(offset, tail.nextOffset());
        if (bounded <= state.highWatermark()) {
            return false;
        }
        state.setHighWatermark(bounded);
        producers.states().onHighWatermark(bounded);
        state.publish();
        return true;
    }

    /** Begins a new segment at the log end, unless the active one is empty. */
    public void roll() {
        assertOwner();
        try {
            parts.rollAt(tail.nextOffset());
            state.publish();
        } catch (IOException e) {
            throw context.offline("roll of " + context.partition(), e);
        }
    }

    /** Completes when every record before {@code offset} is on disk; many who wait share one fsync. */
    public CompletionStage<Void> flushed(long offset) {
        assertOwner();
        if (fence.isClosed()) {
            return CompletableFuture.failedFuture(new ApiException(ErrorCode.KAFKA_STORAGE_ERROR, fence.reason()));
        }
        return flusher.flushed(Math.min(offset, tail.nextOffset()));
    }

    /**
     * Drops all records from {@code offset} on, and the whole batch that contains it. The high watermark is lowered to
     * the new end if it is above.
     *
     * @throws ApiException KAFKA_STORAGE_ERROR if a file cannot be cut
     */
    public void truncateTo(long offset) {
        assertOwner();
        truncation.truncateTo(offset, config.segments().fileDeleteDelayMs());
    }

    /**
     * Drops everything; the log is empty and goes on at {@code offset}, which becomes its start, end and high watermark.
     *
     * @throws ApiException KAFKA_STORAGE_ERROR if a file cannot be renamed or created
     */
    public void truncateFullyAndStartAt(long offset) {
        assertOwner();
        truncation.restartAt(offset, config.segments().fileDeleteDelayMs());
    }

    /**
     * Moves the log start, below which records count as deleted; the files follow with the next retention check.
     *
     * @return {@link ErrorCode#NONE}, also if the log starts there or later already; OFFSET_OUT_OF_RANGE if the offset is
     *     above the high watermark
     */
    public ErrorCode deleteRecordsBefore(long offset) {
        assertOwner();
        if (offset > state.highWatermark()) {
            return ErrorCode.OFFSET_OUT_OF_RANGE;
        }
        if (offset > state.logStartOffset()) {
            parts.moveLogStart(offset);
            state.publish();
        }
        return ErrorCode.NONE;
    }

    /**
     * Deletes the segments whose records are all before {@code offset}, which is the base offset of a segment or the log
     * end. Nothing above the high watermark is deleted. The files go after {@code file.delete.delay.ms}.
     *
     * @param reason for the log line
     * @return how many segments
     */
    public int deleteSegmentsBefore(long offset, String reason) {
        assertOwner();
        return fence.isClosed()
                ? 0
                : new SegmentDeletion(parts)
                        .deleteBefore(offset, reason, config.segments().fileDeleteDelayMs());
    }

    /** What a cleaner may work on; null if the log is not in use any more. */
    public @Nullable CleaningInput beginCleaning() {
        assertOwner();
        return fence.isClosed() ? null : swap.input(state.view());
    }

    /**
     * Puts a cleaned segment, which is complete and on disk, in the place of others.
     *
     * @return false if that cannot be, because the log has changed: the cleaned segment is the caller's to delete then. Else
     *     it belongs to the log. True once that is durable; fails if it could not be made so
     */
    public CompletionStage<Boolean> replaceSegments(
            CleaningInput input, List<LogSegment> originals, LogSegment cleaned) {
        assertOwner();
        if (fence.isClosed()) {
            return CompletableFuture.completedFuture(false);
        }
        try {
            CompletionStage<Boolean> done =
                    swap.begin(input, originals, cleaned, config.segments().fileDeleteDelayMs());
            state.publish();
            return done == null ? CompletableFuture.completedFuture(false) : done;
        } catch (IOException e) {
            return CompletableFuture.failedFuture(
                    context.offline("replacement of segments of " + context.partition(), e));
        }
    }

    /** Notes that everything before {@code offset} is clean, unless the log has been cut meanwhile. */
    public void onCleaned(CleaningInput input, long offset) {
        assertOwner();
        swap.onCleaned(input, offset);
    }

    /** Up to where the log has been cleaned, exclusive; {@link #NEVER_CLEANED} if it never was. Any thread. */
    public long cleanedOffset() {
        return swap.cleanedOffset();
    }

    /** Begins a new segment if the active one is older than {@code segment.ms}, though nobody appends. */
    public void rollIfOld() {
        assertOwner();
        try {
            if (!fence.isClosed() && tail.isOld(config.segments())) {
                roll();
            }
        } catch (IOException e) {
            throw context.offline("roll of " + context.partition(), e);
        }
    }

    /**
     * Makes everything durable and closes the files; the log is not usable from now on.
     *
     * @return completes on a worker or on the home loop; fails if anything could not be made durable
     */
    public CompletionStage<Void> close() {
        assertOwner();
        if (fence.isClosed()) {
            tail.closeFiles();
            return CompletableFuture.failedFuture(new IOException(fence.reason()));
        }
        fence.close("the log is closed");
        try {
            swap.complete();
        } catch (IOException e) {
            return CompletableFuture.failedFuture(context.offline("close of " + context.partition(), e));
        }
        return new LogClosing(parts).start();
    }

    /** The log is about to be deleted: no append and no flush comes after this. */
    public void abandon() {
        assertOwner();
        fence.close("the log is deleted");
        swap.abandon();
        parts.work().abandon();
        flusher.abandon(new ApiException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "the log was deleted"));
    }

    /** Its directory has got another name; after {@link #abandon}, on a worker. */
    public void directoryRenamed(String newPartitionDirectory) throws IOException {
        parts.epochFile().directoryRenamed(newPartitionDirectory);
        producers.snapshots().directoryRenamed(newPartitionDirectory);
        tail.directoryRenamed(newPartitionDirectory);
    }

    /** Whether no worker is at the files: the directory can be given another name without harm. */
    public boolean isQuiet() {
        assertOwner();
        return flusher.isIdle() && parts.work().isIdle();
    }

    /** Its directory has got the name that it keeps; while {@link #isQuiet}, and used on. */
    public void directoryMoved(String newPartitionDirectory) throws IOException {
        assertOwner();
        parts.epochFile().directoryMoved(newPartitionDirectory);
        producers.snapshots().directoryRenamed(newPartitionDirectory);
        tail.directoryRenamed(newPartitionDirectory);
    }

    /** Has a copy of this log, on the same home loop, told at once of offsets from which on records are dropped. */
    public void onTruncation(@Nullable LongConsumer listener) {
        assertOwner();
        truncation.onTruncation(listener);
    }

    /** Closes the files; after {@link #abandon}, on a worker. */
    public void closeFiles() {
        tail.closeFiles();
    }

    private void assertOwner() {
        if (!context.home().inEventLoop()) {
            throw new IllegalStateException(context.partition() + " was used by "
                    + Thread.currentThread().getName() + ", not by its home loop");
        }
    }
}
