package io.ottla.storage.compaction;

import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.file.LogFile;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.LogView;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;

/**
 * The part of a log that is to be cleaned next: whole sealed segments, none with a record that is not stable, or younger
 * than {@code min.compaction.lag.ms}.
 *
 * @param firstDirtyOffset the first record that no cleaning has seen
 * @param endOffset exclusive
 * @param cleanBytes bytes before it
 * @param dirtyBytes bytes of it
 * @param overdue whether some of it is older than {@code max.compaction.lag.ms}
 */
record DirtyRange(long firstDirtyOffset, long endOffset, long cleanBytes, long dirtyBytes, boolean overdue) {

    /**
     * Looks at a log. Blocks: timestamps may have to be read from indexes.
     *
     * @param cleanedOffset up to where it was cleaned; what is outside of the log counts as never
     */
    static DirtyRange of(LogView view, LogConfig config, long cleanedOffset, long nowMs) throws IOException {
        List<LogSegment> sealed = view.sealedSegments();
        long activeBase = view.activeBaseOffset();
        boolean known = cleanedOffset >= view.logStartOffset() && cleanedOffset <= activeBase;
        long firstDirty = known ? cleanedOffset : view.logStartOffset();
        LogConfig.Compaction lags = config.compaction();
        long stable = Math.min(view.lastStableOffset(), activeBase);
        long end = firstDirty;
        long cleanBytes = 0;
        long dirtyBytes = 0;
        boolean overdue = false;
        for (int i = 0; i < sealed.size(); i++) {
            LogSegment segment = sealed.get(i);
            long next = i + 1 < sealed.size() ? sealed.get(i + 1).baseOffset() : activeBase;
            if (next <= firstDirty) {
                cleanBytes += segment.sizeBytes();
                continue;
            }
            if (next > stable || (lags.minLagMs() > 0 && segment.maxTimestampMs() > nowMs - lags.minLagMs())) {
                break;
            }
            dirtyBytes += segment.sizeBytes();
            end = next;
            overdue |= lags.maxLagMs() < Long.MAX_VALUE && isOlder(segment, nowMs - lags.maxLagMs());
        }
        return new DirtyRange(firstDirty, end, cleanBytes, dirtyBytes, overdue);
    }

    private static boolean isOlder(LogSegment segment, long timestampMs) throws IOException {
        LogFile file = segment.retainFile();
        try (BatchScan scan = new BatchScan(file, 0, segment.sizeBytes(), RecordBatch.RECORDS_AT)) {
            if (!scan.next()) {
                return false;
            }
            long first = RecordBatch.maxTimestamp(scan.buffer(), scan.index());
            return first >= 0 && first < timestampMs;
        } finally {
            file.release();
        }
    }

    /** The share of bytes that are dirty, 0 for an empty log. */
    double dirtyRatio() {
        return dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
    }

    /** Whether a cleaning is due. */
    boolean isDue(double minDirtyRatio) {
        return endOffset > firstDirtyOffset && dirtyBytes > 0 && (overdue || dirtyRatio() > minDirtyRatio);
    }
}
