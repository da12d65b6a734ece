package io.ottla.storage.recovery;

import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.file.LogFile;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment from end to end, checks each batch, and builds its indexes anew. Used once, for consecutive segments of
 * one log; confined to the worker that loads the log.
 */
final class SegmentRecovery {
    private final int indexIntervalBytes;
    private final Witness witness;
    private LeaderEpochs epochs;
    private long nextOffset;

    /** Is told of each good batch, so that nobody has to read the segment again. */
    @FunctionalInterface
    interface Witness {
        /** Nobody wants to know. */
        Witness NONE = (segment, scan) -> {};

        /** The scan stands at a batch, all of which is in its buffer, and which the segment has. */
        void onBatch(LogSegment segment, BatchScan scan) throws IOException;
    }

    /**
     * Begins behind what is known to be good.
     *
     * @param epochs the epochs of all records before
     */
    SegmentRecovery(int indexIntervalBytes, LeaderEpochs epochs, Witness witness) {
        this.indexIntervalBytes = indexIntervalBytes;
        this.epochs = epochs;
        this.witness = witness;
    }

    /** The epochs, with those of the batches read. */
    LeaderEpochs epochs() {
        return epochs;
    }

    /** The offset after the last good batch of the segment read last. */
    long nextOffset() {
        return nextOffset;
    }

    /**
     * Rebuilds the indexes of a segment up to the first batch that is not good; the bytes from there on are left in the
     * file, behind the end of what the segment has.
     *
     * @return what is wrong with the first batch that is not good, or null
     */
    @Nullable
    String recover(LogSegment segment) throws IOException {
        int end = segment.sizeBytes();
        segment.resetForRebuild();
        nextOffset = segment.baseOffset();
        LogFile file = segment.retainFile();
        try (BatchScan scan = new BatchScan(file, 0, end, BatchScan.SEQUENTIAL_WINDOW_BYTES)) {
            while (scan.next()) {
                String fault = examine(scan);
                if (fault != null) {
                    return fault;
                }
                accept(segment, scan);
            }
            if (scan.atEnd()) {
                return null;
            }
            if (scan.isOldFormat()) {
                throw new IOException(segment.name() + ": the batch at position " + scan.position()
                        + " is of a message format before version 2, which is not supported");
            }
            return scan.fault();
        } finally {
            file.release();
        }
    }

    private @Nullable String examine(BatchScan scan) throws IOException {
        if (!scan.loadBatch()) {
            return "the file ends within a batch";
        }
        long base = RecordBatch.baseOffset(scan.buffer(), scan.index());
        if (base < nextOffset || RecordBatch.lastOffsetDelta(scan.buffer(), scan.index()) < 0) {
            return "a batch from offset " + base + " to " + RecordBatch.lastOffset(scan.buffer(), scan.index())
                    + ", expected from " + nextOffset + " on";
        }
        if (!RecordBatch.isCrcValid(scan.buffer(), scan.index())) {
            return "the batch at offset " + base + " has checksum " + RecordBatch.crc(scan.buffer(), scan.index())
                    + ", expected " + RecordBatch.computeCrc(scan.buffer(), scan.index());
        }
        return null;
    }

    private void accept(LogSegment segment, BatchScan scan) throws IOException {
        int epoch = RecordBatch.leaderEpoch(scan.buffer(), scan.index());
        if (epoch > epochs.latestEpoch()) {
            epochs = epochs.assign(epoch, RecordBatch.baseOffset(scan.buffer(), scan.index()));
        }
        segment.accept(scan.buffer(), scan.index(), scan.sizeBytes(), indexIntervalBytes);
        nextOffset = RecordBatch.nextOffset(scan.buffer(), scan.index());
        witness.onBatch(segment, scan);
    }
}
