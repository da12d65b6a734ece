package io.ottla.storage.recovery;

import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.file.LogDirectory.Durability;
import io.ottla.storage.index.AbortedTransaction;
import io.ottla.storage.producer.CompletedTransaction;
import io.ottla.storage.producer.ProducerStates;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.segment.LogSegment;
import io.ottla.storage.segment.SnapshotFiles;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the producer states about the batches that are newer than their snapshot. Confined to its caller; blocks.
 *
 * <p>The aborted transactions of a segment whose indexes have been rebuilt are only known once the producers' states go
 * through it: they are put into its transaction index here, and a snapshot is taken where such a segment begins.
 */
public final class ProducerReplay {
    private static final int WINDOW_BYTES = 64 * 1024;

    private final ProducerStates producers;
    private final Set<LogSegment> rebuilt;
    private final SnapshotFiles snapshots;

    /** @param rebuilt the segments whose transaction indexes are empty because they have been reset */
    ProducerReplay(ProducerStates producers, Set<LogSegment> rebuilt, SnapshotFiles snapshots) {
        this.producers = producers;
        this.rebuilt = rebuilt;
        this.snapshots = snapshots;
    }

    /** Accounts for all batches from an offset to the end of a log whose indexes are as they should be. */
    public static void replay(
            List<LogSegment> segments, ProducerStates producers, SnapshotFiles snapshots, long fromOffset)
            throws IOException {
        new ProducerReplay(producers, Set.of(), snapshots).replay(segments, fromOffset);
    }

    /**
     * Accounts for all batches from an offset to the end of the log. Only headers are read, but for control batches.
     *
     * @param segments the segments of the log, in order
     * @param fromOffset where the states end
     */
    void replay(List<LogSegment> segments, long fromOffset) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            LogSegment segment = segments.get(i);
            boolean isBefore = i + 1 < segments.size() && segments.get(i + 1).baseOffset() <= fromOffset;
            if (!isBefore && rebuilt.contains(segment)) {
                takeSnapshot(segment);
            }
            if (!isBefore && segment.sizeBytes() > 0) {
                replay(segment, fromOffset);
            }
        }
    }

    /** Takes a snapshot where a segment begins, if there is none and nothing of the segment has been told yet. */
    void takeSnapshot(LogSegment segment) throws IOException {
        long baseOffset = segment.baseOffset();
        producers.advanceEndOffset(baseOffset);
        if (producers.isSnapshotDue() && producers.endOffset() == baseOffset) {
            snapshots.write(baseOffset, producers.takeSnapshot(), Durability.LAZY);
        }
    }

    private void replay(LogSegment segment, long fromOffset) throws IOException {
        int position = segment.offsetIndex().positionBefore(fromOffset);
        try (BatchScan scan = segment.scan(position, WINDOW_BYTES)) {
            while (scan.next()) {
                tell(segment, scan, fromOffset);
            }
        }
    }

    /** Accounts for the batch at which a scan stands, unless it begins before an offset. */
    void tell(LogSegment segment, BatchScan scan, long fromOffset) throws IOException {
        if (RecordBatch.baseOffset(scan.buffer(), scan.index()) < fromOffset
                || !RecordBatch.hasProducerId(scan.buffer(), scan.index())) {
            return;
        }
        if (RecordBatch.isControl(scan.buffer(), scan.index()) && !scan.loadBatch()) {
            throw new IOException(segment.name() + ": ends within the batch at position " + scan.position());
        }
        note(segment, producers.onAppended(scan.buffer(), scan.index()));
    }

    private void note(LogSegment segment, @Nullable CompletedTransaction completed) throws IOException {
        if (completed != null && completed.isAborted() && rebuilt.contains(segment)) {
            segment.transactionIndex().append(AbortedTransaction.of(completed));
        }
    }
}
