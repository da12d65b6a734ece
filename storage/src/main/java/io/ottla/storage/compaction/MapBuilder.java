package io.ottla.storage.compaction;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordCursor;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;

/**
 * Notes the last offset of each key of the dirty part of a log, until the part ends or the map is full. Aborted records and
 * markers do not count. Confined to its job, which closes it.
 */
final class MapBuilder implements AutoCloseable {
    private final List<LogSegment> segments;
    private final long firstDirtyOffset;
    private final long endOffset;
    private final OffsetMap map;
    private final TransactionTrail trail;
    private final BatchReader reader;
    private final RecordCursor cursor = new RecordCursor();
    private long recordCount;
    private boolean complete;

    /**
     * @param segments from the one of {@code firstDirtyOffset} on
     * @param endOffset exclusive end of the last one
     */
    MapBuilder(
            List<LogSegment> segments,
            long firstDirtyOffset,
            long endOffset,
            OffsetMap map,
            TransactionTrail trail,
            int bufferBytes) {
        this.segments = segments;
        this.firstDirtyOffset = firstDirtyOffset;
        this.endOffset = endOffset;
        this.map = map;
        this.trail = trail;
        this.reader = new BatchReader(segments, firstDirtyOffset, bufferBytes);
    }

    /**
     * Reads on, about {@code budgetBytes}. Blocks.
     *
     * @return the bytes read
     */
    int read(int budgetBytes) throws IOException {
        int bytes = 0;
        while (bytes < budgetBytes && !complete) {
            if (!reader.next()) {
                map.updateLatestOffset(endOffset - 1);
                complete = true;
                break;
            }
            if (reader.segmentIndex() > 0) {
                map.updateLatestOffset(segments.get(reader.segmentIndex()).baseOffset() - 1);
            }
            bytes += reader.sizeBytes();
            complete = !note(reader.buffer(), reader.position());
        }
        return bytes;
    }

    /** Whether everything is in the map that fits. */
    boolean isComplete() {
        return complete;
    }

    /** False if the map has no room for it. */
    private boolean note(ByteBuf buffer, int position) {
        if (RecordBatch.isControl(buffer, position)) {
            trail.isMarkerSpent(buffer, position);
        } else if (!trail.isAborted(buffer, position) && !noteRecords(buffer, position)) {
            return false;
        }
        long last = RecordBatch.lastOffset(buffer, position);
        if (last >= firstDirtyOffset) {
            map.updateLatestOffset(last);
        }
        return true;
    }

    private boolean noteRecords(ByteBuf buffer, int position) {
        if (RecordBatch.recordCount(buffer, position) == 0
                || RecordBatch.lastOffset(buffer, position) < firstDirtyOffset) {
            return true;
        }
        try (RecordCursor records = cursor.open(buffer, position)) {
            while (records.next()) {
                if (records.hasKey() && records.offset() >= firstDirtyOffset) {
                    if (!map.put(records.buffer(), records.keyPosition(), records.keyLength(), records.offset())) {
                        return false;
                    }
                    recordCount++;
                }
            }
        }
        return true;
    }

    OffsetMap map() {
        return map;
    }

    /** Records noted so far. */
    long recordCount() {
        return recordCount;
    }

    @Override
    public void close() {
        cursor.close();
        reader.close();
    }
}
