package io.ottla.storage.log;

import io.ottla.storage.segment.LogSegment;
import java.util.Arrays;
import java.util.List;

/**
 * The segments of a log in the order of their offsets, never none. Immutable: it is replaced when a segment is added or
 * taken away, and shared by all views in between.
 */
final class SegmentList {
    private final LogSegment[] segments;

    SegmentList(List<LogSegment> segments) {
        this(segments.toArray(new LogSegment[0]));
    }

    private SegmentList(LogSegment[] segments) {
        if (segments.length == 0) {
            throw new IllegalArgumentException("a log has at least one segment");
        }
        this.segments = segments;
    }

    int size() {
        return segments.length;
    }

    LogSegment get(int index) {
        return segments[index];
    }

    LogSegment active() {
        return segments[segments.length - 1];
    }

    /** The index of the segment that an offset is in or behind; 0 for an offset before all of them. */
    int floor(long offset) {
        int low = 0;
        int high = segments.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    SegmentList plus(LogSegment segment) {
        LogSegment[] longer = Arrays.copyOf(segments, segments.length + 1);
        longer[segments.length] = segment;
        return new SegmentList(longer);
    }

    /** The segments from an index on. */
    SegmentList from(int index) {
        return index == 0 ? this : new SegmentList(Arrays.copyOfRange(segments, index, segments.length));
    }

    /** The first {@code count} segments. */
    SegmentList first(int count) {
        return count == segments.length ? this : new SegmentList(Arrays.copyOf(segments, count));
    }

    /** Where the given segments, consecutive ones, are in the list; -1 if they are not there, or the last one grows. */
    int indexOfSealed(List<LogSegment> wanted) {
        int first = Arrays.asList(segments).indexOf(wanted.get(0));
        boolean there = first >= 0
                && first + wanted.size() < segments.length
                && Arrays.asList(segments).subList(first, first + wanted.size()).equals(wanted);
        return there ? first : -1;
    }

    /** With one segment in the place of {@code count} others. */
    SegmentList replace(int index, int count, LogSegment replacement) {
        LogSegment[] changed = new LogSegment[segments.length - count + 1];
        System.arraycopy(segments, 0, changed, 0, index);
        changed[index] = replacement;
        System.arraycopy(segments, index + count, changed, index + 1, segments.length - index - count);
        return new SegmentList(changed);
    }

    List<LogSegment> asList() {
        return List.of(segments);
    }
}
