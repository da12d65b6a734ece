package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.producer.ProducerStates;
import io.ottla.storage.producer.ProducerVerdict;
import io.ottla.storage.producer.ProducerVerdict.Accepted;
import io.ottla.storage.producer.VerificationGuard;
import io.ottla.storage.recovery.ProducerReplay;
import io.ottla.storage.segment.SnapshotFiles;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The producers of a log and their snapshots on disk. Confined to the log's home loop, but for the snapshot files. */
final class LogProducers {
    private final LogContext context;
    private final LogWork work;
    private final ProducerStates states;
    private final SnapshotFiles snapshots;

    LogProducers(LogContext context, LogWork work, ProducerStates states, SnapshotFiles snapshots) {
        this.context = context;
        this.work = work;
        this.states = states;
        this.snapshots = snapshots;
    }

    ProducerStates states() {
        return states;
    }

    SnapshotFiles snapshots() {
        return snapshots;
    }

    /** What the producers' states say about appending a run of batches: the first verdict that is not acceptance. */
    ProducerVerdict check(
            ByteBuf batches, int index, int sizeBytes, AppendOrigin origin, @Nullable VerificationGuard guard) {
        int end = index + sizeBytes;
        for (int at = index; at < end; at += RecordBatch.sizeBytes(batches, at)) {
            if (RecordBatch.hasProducerId(batches, at)) {
                ProducerVerdict verdict = states.check(batches, at, origin, guard);
                if (verdict != Accepted.ACCEPTED) {
                    return verdict;
                }
            }
        }
        return Accepted.ACCEPTED;
    }

    /** Writes a snapshot as of now, unless there is one. */
    void takeSnapshot() {
        if (states.isSnapshotDue()) {
            long offset = states.endOffset();
            byte[] content = states.takeSnapshot();
            int epoch = snapshots.epoch();
            work.run(
                    "producer snapshot of " + context.partition(),
                    () -> snapshots.writeUnlessOutdated(offset, content, epoch));
        }
    }

    /** The snapshot that is due when the log is closed, which the caller writes; null if there is one. */
    byte @Nullable [] lastSnapshot() {
        return states.isSnapshotDue() ? states.takeSnapshot() : null;
    }

    /** Whether a truncation may have to bring anything back. */
    boolean isEmpty() {
        return states.size() == 0 && states.firstUnstableOffset() == ProducerStates.NO_OFFSET;
    }

    /** Goes back to the log as a truncation has left it. */
    void onTruncated(SegmentList segments, LogOffsets offsets) throws IOException {
        snapshots.outdatePending();
        if (isEmpty()) {
            states.reset(offsets.logEnd());
            return;
        }
        long now = context.clock().millis();
        long from = states.reload(snapshots, offsets.logStart(), offsets.logEnd(), now, Long.MAX_VALUE);
        ProducerReplay.replay(segments.asList(), states, snapshots, from);
        states.advanceEndOffset(offsets.logEnd());
        states.onHighWatermark(offsets.highWatermark());
    }

    /** The log begins anew, empty, at an offset. */
    void restartAt(long offset) throws IOException {
        snapshots.outdatePending();
        for (long old : snapshots.offsets()) {
            snapshots.delete(old);
        }
        states.reset(offset);
    }

    /** Segments are part of the one before them now; their snapshots go, but for the newest of all. */
    void onSegmentsMerged(List<Long> baseOffsets) {
        work.run("deletion of producer snapshots of " + context.partition(), () -> {
            for (long base : baseOffsets) {
                snapshots.deleteUnlessLast(base);
            }
        });
    }

    /** The segments before this offset are gone. */
    void onSegmentsDeleted(long firstOffset) {
        work.run("deletion of producer snapshots of " + context.partition(), () -> snapshots.deleteBefore(firstOffset));
    }
}
