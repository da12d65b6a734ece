package io.ottla.storage.log;

import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops whole segments at the start of a log. Confined to the log's home loop. */
final class SegmentDeletion {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentDeletion.class);

    private final LogParts parts;

    SegmentDeletion(LogParts parts) {
        this.parts = parts;
    }

    /** As {@link PartitionLog#deleteSegmentsBefore}. */
    int deleteBefore(long offset, String reason, long fileDeleteDelayMs) {
        LogTail tail = parts.tail();
        LogState state = parts.state();
        if (offset > state.highWatermark()) {
            return 0;
        }
        try {
            parts.swap().complete();
            if (offset >= tail.nextOffset()) {
                parts.rollAt(tail.nextOffset());
            }
            int count = tail.segments().floor(offset);
            if (count == 0) {
                return 0;
            }
            List<LogSegment> dropped = tail.dropFirst(count);
            long first = tail.segments().get(0).baseOffset();
            LOG.info(
                    "{}: deleting {} segments before offset {}: {}",
                    parts.context().partition(),
                    count,
                    first,
                    reason);
            if (first > state.logStartOffset()) {
                parts.moveLogStart(first);
            }
            state.publish();
            parts.work().deleteLater(dropped, fileDeleteDelayMs);
            parts.producers().onSegmentsDeleted(first);
            return count;
        } catch (IOException e) {
            throw parts.context()
                    .offline("deletion of segments of " + parts.context().partition(), e);
        }
    }
}
