package io.ottla.broker.coordinator.runtime;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one shard's records into its log: one append at a time, everything that comes meanwhile in the next one.
 * Confined to the shard's loop.
 *
 * <p>The first record of a batch asks for a flush at the end of the loop's turn, so that what the turn still brings joins
 * the batch. A refused append takes back, with it, all batches behind it: they were made on top of what it had changed.
 */
final class AppendQueue {
    private static final Logger log = LoggerFactory.getLogger(AppendQueue.class);

    /** After these the records are certainly not in the log. A lost leadership may come after the write. */
    private static final Set<ErrorCode> NOT_WRITTEN = Set.of(
            ErrorCode.NOT_ENOUGH_REPLICAS,
            ErrorCode.MESSAGE_TOO_LARGE,
            ErrorCode.RECORD_LIST_TOO_LARGE,
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            ErrorCode.INVALID_RECORD,
            ErrorCode.INVALID_TXN_STATE,
            ErrorCode.INVALID_PRODUCER_EPOCH,
            ErrorCode.TRANSACTION_COORDINATOR_FENCED);

    /** The fault of one producer: what is behind its batch, and has to be taken back with it, is better tried again. */
    private static final Set<ErrorCode> PRODUCERS_OWN = Set.of(
            ErrorCode.INVALID_TXN_STATE, ErrorCode.INVALID_PRODUCER_EPOCH, ErrorCode.TRANSACTION_COORDINATOR_FENCED);

    private final String shard;
    private final int partition;
    private final EventExecutor loop;
    private final ShardServices services;
    private final ShardSettings settings;
    private final Journal journal;
    /** Told if nobody knows what the log holds now. */
    private final Runnable onLogUncertain;

    private final ArrayDeque<PendingBatch> queued = new ArrayDeque<>();
    private @Nullable PendingBatch inFlight;
    private int leaderEpoch;
    private boolean flushAsked;
    private @Nullable ScheduledFuture<?> timeoutTimer;
    private boolean closed;
    /** Whether the append under way has taken too long. Read by any thread. */
    private volatile boolean stalled;

    AppendQueue(
            String shard,
            int partition,
            EventExecutor loop,
            ShardServices services,
            ShardSettings settings,
            Journal journal,
            Runnable onLogUncertain) {
        this.shard = shard;
        this.partition = partition;
        this.loop = loop;
        this.services = services;
        this.settings = settings;
        this.journal = journal;
        this.onLogUncertain = onLogUncertain;
    }

    /** Whether what was appended is not committed although its time is up. Any thread. */
    boolean isStalled() {
        return stalled;
    }

    void setLeaderEpoch(int leaderEpoch) {
        this.leaderEpoch = leaderEpoch;
    }

    /** Whether {@code records} can be appended at all: together they fit one batch. */
    boolean accepts(EncodedRecords records) {
        return PendingBatch.fitsAlone(records, settings.maxBatchBytes());
    }

    /** Appends the records of one command, whose changes the journal has already. */
    <T extends @Nullable Object> void add(
            EncodedRecords records,
            BatchKind kind,
            CompletableFuture<T> future,
            T response,
            @Nullable Consumer<ErrorCode> onOutcome) {
        PendingBatch batch = queued.peekLast();
        if (batch == null
                || batch.timedOut()
                || !batch.mixesWith(kind)
                || !batch.fits(records, settings.maxBatchBytes())) {
            batch = begin(kind);
        }
        batch.add(records, journal.end());
        batch.addWaiter(future, response, onOutcome);
        askFlush();
        armTimeout(settings.appendTimeoutMs());
    }

    /** Appends the end of a transaction, whose changes the journal has already. */
    void addMarker(BatchKind.Marker marker, CompletableFuture<Boolean> future) {
        PendingBatch batch = begin(marker);
        batch.addMarker(journal.end());
        batch.addWaiter(future, Boolean.TRUE, null);
        askFlush();
        armTimeout(settings.appendTimeoutMs());
    }

    private PendingBatch begin(BatchKind kind) {
        PendingBatch batch = new PendingBatch(services.ticker().nanoTime(), kind);
        queued.add(batch);
        return batch;
    }

    /** Completes {@code future} once all that was added so far is committed. */
    <T extends @Nullable Object> void addReader(CompletableFuture<T> future, T response) {
        PendingBatch last = queued.isEmpty() ? inFlight : queued.peekLast();
        if (last == null) {
            future.complete(response);
        } else if (last.timedOut()) {
            future.completeExceptionally(new ApiException(ErrorCode.REQUEST_TIMED_OUT, timeoutMessage()));
        } else {
            last.addWaiter(future, response, null);
        }
    }

    private void askFlush() {
        if (!flushAsked && inFlight == null) {
            flushAsked = true;
            loop.execute(this::flush);
        }
    }

    private void flush() {
        flushAsked = false;
        if (closed || inFlight != null || queued.isEmpty()) {
            return;
        }
        PendingBatch batch = queued.remove();
        inFlight = batch;
        append(batch).whenComplete((offset, cause) -> {
            if (loop.inEventLoop()) {
                onAppended(batch, cause);
            } else {
                loop.execute(() -> onAppended(batch, cause));
            }
        });
    }

    private CompletionStage<Long> append(PendingBatch batch) {
        try {
            return services.writer()
                    .append(
                            partition,
                            leaderEpoch,
                            batch.build(
                                    services.allocator(),
                                    settings.codec(),
                                    services.clock().millis()),
                            batch.kind());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void onAppended(PendingBatch batch, @Nullable Throwable cause) {
        if (closed || batch != inFlight) {
            return;
        }
        inFlight = null;
        stalled = false;
        if (cause == null) {
            journal.commitTo(batch.journalEnd());
            batch.answer(ErrorCode.NONE, "");
        } else {
            onRefused(batch, cause);
        }
        if (!queued.isEmpty()) {
            askFlush();
        }
    }

    private void onRefused(PendingBatch batch, Throwable cause) {
        Throwable reason = StageFailure.cause(cause);
        ErrorCode error = StageFailure.error(reason);
        String message = shard + ": append in leader epoch " + leaderEpoch + " failed with " + error;
        if (reason instanceof ApiException) {
            log.warn("{}; its changes are taken back: {}", message, reason.getMessage());
        } else {
            log.error("{}; its changes are taken back", message, reason);
        }
        List<PendingBatch> behind = List.copyOf(queued);
        queued.clear();
        journal.undoUncommitted();
        boolean uncertain = !NOT_WRITTEN.contains(error);
        if (uncertain) {
            batch.abandon(error, message);
            behind.forEach(next -> next.abandon(error, message));
            onLogUncertain.run();
        } else {
            behind.forEach(PendingBatch::releaseCommands);
            batch.answer(error, message);
            ErrorCode others = PRODUCERS_OWN.contains(error) ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : error;
            behind.forEach(next -> next.answer(others, message));
        }
    }

    private void armTimeout(long delayMs) {
        if (timeoutTimer == null) {
            timeoutTimer = loop.schedule(this::answerOverdue, delayMs, TimeUnit.MILLISECONDS);
        }
    }

    private void answerOverdue() {
        timeoutTimer = null;
        if (closed) {
            return;
        }
        long timeoutNs = TimeUnit.MILLISECONDS.toNanos(settings.appendTimeoutMs());
        long nowNs = services.ticker().nanoTime();
        if (inFlight != null && !inFlight.timedOut() && nowNs - inFlight.createdNs >= timeoutNs) {
            inFlight.timeOut(timeoutMessage());
            stalled = true;
        }
        for (PendingBatch batch : List.copyOf(queued)) {
            if (!batch.timedOut() && nowNs - batch.createdNs >= timeoutNs) {
                batch.timeOut(timeoutMessage());
            }
        }
        rearmTimeout(nowNs, timeoutNs);
    }

    private void rearmTimeout(long nowNs, long timeoutNs) {
        PendingBatch next = inFlight != null && !inFlight.timedOut() ? inFlight : null;
        for (PendingBatch batch : queued) {
            if (next == null && !batch.timedOut()) {
                next = batch;
            }
        }
        if (next != null) {
            long restNs = next.createdNs + timeoutNs - nowNs;
            armTimeout(TimeUnit.NANOSECONDS.toMillis(restNs) + 1);
        }
    }

    private String timeoutMessage() {
        return shard + ": append not committed within " + settings.appendTimeoutMs() + " ms";
    }

    /** Answers all who wait; nothing more is appended. */
    void close(ErrorCode error, String message) {
        closed = true;
        if (timeoutTimer != null) {
            timeoutTimer.cancel(false);
            timeoutTimer = null;
        }
        if (inFlight != null) {
            inFlight.abandon(error, message);
            inFlight = null;
        }
        queued.forEach(batch -> batch.abandon(error, message));
        queued.clear();
    }
}
