package io.ottla.storage.log;

import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a log durable: at any time one fsync at most is under way, on a worker, and all whose records were written when it
 * began are served by it. Confined to the log's home loop, but for {@link #recoveryPoint}.
 */
final class LogFlusher {
    private final LogContext context;
    private final LogTail tail;
    private final EpochFile epochFile;
    private final Supplier<LogView> written;
    private final Queue<Waiter> waiters = new ArrayDeque<>();
    private static final long ALL_INDEXED = Long.MAX_VALUE;

    private volatile long recoveryPoint;
    /** In a segment that is no longer written to, whose indexes are not on disk though its records may be. */
    private volatile long unindexedOffset = ALL_INDEXED;

    private long requestedOffset;
    private boolean running;
    private boolean timerSet;
    private boolean directoryForced;
    private int truncations;
    private boolean abandoned;

    private record Waiter(long offset, CompletableFuture<Void> done) {}

    /** @param written the log as it is in the files now; any thread */
    LogFlusher(LogContext context, LogTail tail, EpochFile epochFile, Supplier<LogView> written, long recoveryPoint) {
        this.context = context;
        this.tail = tail;
        this.epochFile = epochFile;
        this.written = written;
        this.recoveryPoint = recoveryPoint;
    }

    /** Everything before this offset is on disk; any thread. */
    long recoveryPoint() {
        return recoveryPoint;
    }

    /** Everything before this offset is on disk, with the indexes of the segments that end before it; any thread. */
    long indexedRecoveryPoint() {
        return Math.min(recoveryPoint, unindexedOffset);
    }

    /** The segment that ends at this offset is written to no more: it may be on disk already, its indexes are not. */
    void onRolled(long offset) {
        unindexedOffset = Math.min(unindexedOffset, offset - 1);
        requestedOffset = Math.max(requestedOffset, offset);
        if (!running && !abandoned) {
            start();
        }
    }

    /** Completes when everything before {@code offset} is on disk. */
    CompletionStage<Void> flushed(long offset) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (offset <= recoveryPoint) {
            done.complete(null);
        } else {
            waiters.add(new Waiter(offset, done));
            request(offset);
        }
        return done;
    }

    /** Sees to it that everything before {@code offset} gets to disk. */
    void request(long offset) {
        requestedOffset = Math.max(requestedOffset, offset);
        if (!running && !abandoned && requestedOffset > recoveryPoint) {
            start();
        }
    }

    /** Whether no fsync is under way. */
    boolean isIdle() {
        return !running;
    }

    /** Applies {@code flush.messages} and {@code flush.ms} after an append. */
    void onAppended(LogConfig.Flush config, long logEndOffset) {
        if (logEndOffset - recoveryPoint >= config.messages()) {
            request(logEndOffset);
        } else if (config.intervalMs() != Long.MAX_VALUE && !timerSet) {
            timerSet = true;
            var unused = context.home().schedule(this::onTimer, config.intervalMs(), TimeUnit.MILLISECONDS);
        }
    }

    private void onTimer() {
        timerSet = false;
        request(tail.nextOffset());
    }

    /** What was on disk behind the new end is no longer the log. */
    void onTruncated(long logEndOffset) {
        truncations++;
        directoryForced = false; // A log that begins anew has a new file.
        recoveryPoint = Math.min(recoveryPoint, logEndOffset);
        requestedOffset = Math.min(requestedOffset, logEndOffset);
        if (unindexedOffset >= logEndOffset) {
            unindexedOffset = ALL_INDEXED;
        }
    }

    /** Everything before this offset is gone. */
    void onLogStart(long logStartOffset) {
        recoveryPoint = Math.max(recoveryPoint, logStartOffset);
    }

    /** The segments that have bytes past the recovery point. */
    List<LogSegment> unflushed() {
        return after(tail.segments(), indexedRecoveryPoint());
    }

    private static List<LogSegment> after(SegmentList segments, long offset) {
        return segments.from(segments.floor(offset)).asList();
    }

    private void start() {
        running = true;
        int truncationsBefore = truncations;
        long from = indexedRecoveryPoint();
        boolean directoryWasForced = directoryForced;
        context.workers().execute(() -> {
            // As late as can be: what was appended while this waited for a worker is in the files as well.
            LogView view = written.get();
            List<LogSegment> segments = after(view.segments(), from);
            IOException failure = force(segments, segments.size() > 1 || !directoryWasForced);
            context.home().execute(() -> {
                running = false;
                if (failure != null) {
                    failed(failure);
                } else if (truncations == truncationsBefore) {
                    directoryForced = true;
                    onIndexed(from, segments.get(segments.size() - 1).baseOffset());
                    finished(view.logEndOffset());
                } else {
                    finished(recoveryPoint);
                }
            });
        });
    }

    private @Nullable IOException force(List<LogSegment> segments, boolean forceDirectory) {
        try {
            for (int i = 0; i < segments.size(); i++) {
                forceUnlessDeleted(segments.get(i), i < segments.size() - 1);
            }
            epochFile.force();
            if (forceDirectory) {
                tail.forceDirectory();
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private static void forceUnlessDeleted(LogSegment segment, boolean withIndexes) throws IOException {
        try {
            segment.force();
            if (withIndexes) {
                segment.forceIndexes();
            }
        } catch (NoSuchFileException e) {
            // Retention was faster: what is deleted needs not be durable.
        }
    }

    /** The indexes of all segments from one offset to another are on disk; those of a segment rolled meanwhile are not. */
    private void onIndexed(long from, long to) {
        if (from <= unindexedOffset && unindexedOffset < to) {
            unindexedOffset = tail.segments().active().baseOffset() > to ? to : ALL_INDEXED;
        }
    }

    private void finished(long offset) {
        recoveryPoint = Math.max(recoveryPoint, offset);
        Iterator<Waiter> all = waiters.iterator();
        while (all.hasNext()) {
            Waiter waiter = all.next();
            if (waiter.offset() <= recoveryPoint) {
                all.remove();
                waiter.done().complete(null);
            }
        }
        if (!abandoned && (requestedOffset > recoveryPoint || unindexedOffset != ALL_INDEXED || !waiters.isEmpty())) {
            start();
        }
    }

    private void failed(IOException failure) {
        if (abandoned) {
            return; // The files are being deleted: they may be gone.
        }
        context.directory().health().takeOffline("flush of " + context.partition(), failure);
        failWaiters(failure);
    }

    /** The whole log has been made durable, on a worker, and is closed. */
    void closed(long logEndOffset) {
        recoveryPoint = Math.max(recoveryPoint, logEndOffset);
        context.home().execute(() -> finished(logEndOffset));
    }

    /** The log is deleted: nobody will flush any more, and a flush under way may fail. */
    void abandon(Exception reason) {
        abandoned = true;
        failWaiters(reason);
    }

    private void failWaiters(Exception reason) {
        for (Waiter waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
            waiter.done().completeExceptionally(reason);
        }
    }
}
