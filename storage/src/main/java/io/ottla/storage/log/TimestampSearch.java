package io.ottla.storage.log;

import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordCursor;
import io.ottla.storage.file.LogFile;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.Optional;

/** Finds records of a {@link LogView} by time. Stateless; any thread; blocks. */
final class TimestampSearch {
    private TimestampSearch() {}

    static Optional<TimestampedOffset> firstAtOrAfter(LogView view, long timestampMs) throws IOException {
        SegmentList segments = view.segments();
        for (int i = segments.floor(view.logStartOffset()); i < segments.size(); i++) {
            if (segments.get(i).maxTimestampMs() >= timestampMs) {
                LogSegment segment = segments.get(i);
                long from = Math.max(segment.timeIndex().offsetBefore(timestampMs), view.logStartOffset());
                Optional<TimestampedOffset> found = search(view, i, from, timestampMs);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    static Optional<TimestampedOffset> greatest(LogView view) throws IOException {
        SegmentList segments = view.segments();
        int best = -1;
        long bestTimestampMs = LogSegment.NO_TIMESTAMP;
        for (int i = segments.floor(view.logStartOffset()); i < segments.size(); i++) {
            long timestampMs = segments.get(i).maxTimestampMs();
            if (timestampMs > bestTimestampMs) {
                best = i;
                bestTimestampMs = timestampMs;
            }
        }
        return best < 0
                ? Optional.empty()
                : search(view, best, segments.get(best).offsetOfMaxTimestamp(), bestTimestampMs);
    }

    /** The first record of a segment at or behind both an offset and a timestamp. */
    private static Optional<TimestampedOffset> search(LogView view, int index, long fromOffset, long timestampMs)
            throws IOException {
        LogSegment segment = view.segments().get(index);
        LogFile file = segment.retainFile();
        try (BatchScan scan = LogReader.find(file, segment, view.sizeBytes(index), fromOffset);
                RecordCursor records = new RecordCursor()) {
            for (boolean more = scan.hasBatch(); more; more = scan.next()) {
                if (RecordBatch.maxTimestamp(scan.buffer(), scan.index()) >= timestampMs && scan.loadBatch()) {
                    int epoch = RecordBatch.leaderEpoch(scan.buffer(), scan.index());
                    records.open(scan.buffer(), scan.index());
                    while (records.next()) {
                        if (records.timestamp() >= timestampMs && records.offset() >= view.logStartOffset()) {
                            return Optional.of(new TimestampedOffset(records.timestamp(), records.offset(), epoch));
                        }
                    }
                }
            }
            return Optional.empty();
        } finally {
            file.release();
        }
    }
}
