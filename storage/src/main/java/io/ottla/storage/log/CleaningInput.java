package io.ottla.storage.log;

import io.ottla.storage.segment.LogSegment;
import java.util.List;
import java.util.Map;

/**
 * What a cleaner may work on: a log as its owner has seen it at one moment. Immutable.
 *
 * @param view the log then
 * @param partitionDirectory where its files are
 * @param producers the last records of its producers, which must be found again after a recovery
 * @param truncations tells whether the log has been cut since
 */
public record CleaningInput(LogView view, String partitionDirectory, Map<Long, LastRecord> producers, int truncations) {
    /** The value of {@link LastRecord#offset} for a producer of which only a marker is known. */
    public static final long NO_DATA = -1;

    /**
     * What a producer has appended last.
     *
     * @param offset of its last record that is no marker, {@link #NO_DATA} without any
     * @param epoch its newest epoch
     */
    public record LastRecord(long offset, short epoch) {}

    public CleaningInput {
        producers = Map.copyOf(producers);
    }

    /** The segments that do not change any more, in order. */
    public List<LogSegment> sealed() {
        return view.sealedSegments();
    }
}
