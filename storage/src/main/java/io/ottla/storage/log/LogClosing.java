package io.ottla.storage.log;

import io.ottla.storage.file.LogDirectory.Durability;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The end of a log's use: everything is made durable, then the files are closed. Begun on the log's home loop, done on a
 * worker.
 */
record LogClosing(LogContext context, LogTail tail, LogProducers producers, EpochFile epochFile, LogFlusher flusher) {

    /** Completes on a worker or on the home loop; fails if anything could not be made durable. */
    CompletableFuture<Void> start() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            tail.segments().active().finishIndexes();
            List<LogSegment> unflushed = flusher.unflushed();
            for (LogSegment segment : unflushed) {
                segment.writeIndexes();
            }
            long end = tail.nextOffset();
            byte[] snapshot = producers.lastSnapshot();
            context.workers().execute(() -> finish(unflushed, end, snapshot, done));
        } catch (IOException e) {
            done.completeExceptionally(context.offline("close of " + context.partition(), e));
        }
        return done;
    }

    private void finish(
            List<LogSegment> unflushed, long end, byte @Nullable [] snapshot, CompletableFuture<Void> done) {
        try {
            if (end > flusher.indexedRecoveryPoint()) {
                for (LogSegment segment : unflushed) {
                    segment.force();
                    segment.forceIndexes();
                }
                tail.forceDirectory();
            }
            epochFile.force();
            if (snapshot != null) {
                producers.snapshots().write(end, snapshot, Durability.FORCED);
            }
            flusher.closed(end);
            done.complete(null);
        } catch (IOException e) {
            done.completeExceptionally(context.offline("close of " + context.partition(), e));
        } finally {
            tail.closeFiles();
        }
    }
}
