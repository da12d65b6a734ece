package io.ottla.storage.recovery;

import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.producer.ProducerStates;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;

/** Tells the producer states about the batches that are newer than their snapshot. Stateless; blocks. */
public final class ProducerReplay {
    private static final int WINDOW_BYTES = 64 * 1024;

    private ProducerReplay() {}

    /**
     * Accounts for all batches from an offset to the end of the log. Only headers are read, but for control batches.
     *
     * @param segments the segments of the log, in order
     * @param fromOffset where the states end
     */
    public static void replay(List<LogSegment> segments, ProducerStates producers, long fromOffset) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            boolean isBefore = i + 1 < segments.size() && segments.get(i + 1).baseOffset() <= fromOffset;
            if (!isBefore && segments.get(i).sizeBytes() > 0) {
                replay(segments.get(i), producers, fromOffset);
            }
        }
    }

    private static void replay(LogSegment segment, ProducerStates producers, long fromOffset) throws IOException {
        int position = segment.offsetIndex().positionBefore(fromOffset);
        try (BatchScan scan = segment.scan(position, WINDOW_BYTES)) {
            while (scan.next()) {
                boolean wanted = RecordBatch.baseOffset(scan.buffer(), scan.index()) >= fromOffset
                        && RecordBatch.hasProducerId(scan.buffer(), scan.index());
                if (wanted && RecordBatch.isControl(scan.buffer(), scan.index()) && !scan.loadBatch()) {
                    throw new IOException(segment.name() + ": ends within the batch at position " + scan.position());
                }
                if (wanted) {
                    producers.onAppended(scan.buffer(), scan.index());
                }
            }
        }
    }
}
