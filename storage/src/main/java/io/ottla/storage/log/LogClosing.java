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
record LogClosing(LogParts parts) {

    /** Completes on a worker or on the home loop; fails if anything could not be made durable. */
    CompletableFuture<Void> start() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            parts.tail().segments().active().finishIndexes();
            List<LogSegment> unflushed = parts.flusher().unflushed();
            for (LogSegment segment : unflushed) {
                segment.writeIndexes();
            }
            long end = parts.tail().nextOffset();
            byte[] snapshot = parts.producers().lastSnapshot();
            parts.context().workers().execute(() -> finish(unflushed, end, snapshot, done));
        } catch (IOException e) {
            done.completeExceptionally(
                    parts.context().offline("close of " + parts.context().partition(), e));
        }
        return done;
    }

    private void finish(
            List<LogSegment> unflushed, long end, byte @Nullable [] snapshot, CompletableFuture<Void> done) {
        try {
            if (end > parts.flusher().indexedRecoveryPoint()) {
                for (LogSegment segment : unflushed) {
                    segment.force();
                    segment.forceIndexes();
                }
                parts.tail().forceDirectory();
            }
            parts.epochFile().force();
            if (snapshot != null) {
                parts.producers().snapshots().write(end, snapshot, Durability.FORCED);
            }
            parts.flusher().closed(end);
            done.complete(null);
        } catch (IOException e) {
            done.completeExceptionally(
                    parts.context().offline("close of " + parts.context().partition(), e));
        } finally {
            parts.tail().closeFiles();
        }
    }
}
