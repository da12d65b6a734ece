package io.ottla.storage.compaction;

import io.ottla.storage.log.LogConfig;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which consecutive segments become one: as many as surely fit, before anything is left out. Stateless. */
final class SegmentGroups {
    private static final int OFFSET_ENTRY_BYTES = 8;
    private static final int TIME_ENTRY_BYTES = 12;

    private SegmentGroups() {}

    /**
     * Groups segments so that each group keeps the limits of a segment, its range of offsets among them.
     *
     * @param endOffset exclusive end of the last segment
     */
    static List<List<LogSegment>> of(List<LogSegment> segments, long endOffset, LogConfig.Segments limits)
            throws IOException {
        List<List<LogSegment>> groups = new ArrayList<>();
        int at = 0;
        while (at < segments.size()) {
            LogSegment first = segments.get(at);
            long sizeBytes = first.sizeBytes();
            long offsetEntries = first.offsetIndex().entryCount();
            long timeEntries = first.timeIndex().entryCount();
            int next = at + 1;
            while (next < segments.size()) {
                LogSegment added = segments.get(next);
                long end = next + 1 < segments.size() ? segments.get(next + 1).baseOffset() : endOffset;
                sizeBytes += added.sizeBytes();
                offsetEntries += added.offsetIndex().entryCount();
                timeEntries += added.timeIndex().entryCount();
                if (sizeBytes > limits.sizeBytes()
                        || offsetEntries * OFFSET_ENTRY_BYTES > limits.indexSizeBytes()
                        || timeEntries * TIME_ENTRY_BYTES > limits.indexSizeBytes()
                        || !first.canHold(end - 1)) {
                    break;
                }
                next++;
            }
            groups.add(List.copyOf(segments.subList(at, next)));
            at = next;
        }
        return groups;
    }
}
