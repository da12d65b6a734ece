package io.ottla.storage.retention;

import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;

/**
 * The limits of one log, of which only those count that its cleanup policy lets count.
 *
 * @param timeMs segments whose newest record is older may go; negative for no limit
 * @param sizeBytes the oldest segments may go as long as so many bytes are left; negative for no limit
 * @param nowMs the wall clock
 */
public record RetentionPolicy(long timeMs, long sizeBytes, long nowMs) {
    /** The value of a limit that is none. */
    public static final long NO_LIMIT = -1;

    /**
     * The offsets of a log that bound what may be deleted.
     *
     * @param logStart segments entirely before it may go, whatever the limits
     * @param logEnd where the last segment ends
     * @param lastStable nothing from here on goes: it is not committed, or a transaction is open there
     */
    public record Bounds(long logStart, long logEnd, long lastStable) {}

    /**
     * What may go.
     *
     * @param endOffset everything before it; the base offset of the first segment if nothing may go
     * @param reason in words, for the log line
     */
    public record Verdict(long endOffset, String reason) {}

    /**
     * Judges the segments of a log, oldest first; the last one too, which its owner then has to roll. Blocks: the age of a
     * segment may have to be read from its time index.
     *
     * @param segments in order of their offsets, with the sizes the reader knows
     */
    public Verdict judge(List<LogSegment> segments, Bounds bounds) throws IOException {
        long excessBytes = sizeBytes < 0 ? 0 : totalBytes(segments) - sizeBytes;
        String reason = "nothing to delete";
        for (int i = 0; i < segments.size(); i++) {
            LogSegment segment = segments.get(i);
            boolean last = i == segments.size() - 1;
            long end = last ? bounds.logEnd() : segments.get(i + 1).baseOffset();
            boolean mayGo = end <= bounds.lastStable() && !(last && segment.sizeBytes() == 0);
            boolean tooLarge = excessBytes > 0 && excessBytes >= segment.sizeBytes();
            if (mayGo && !last && end <= bounds.logStart()) {
                reason = "before the log start offset " + bounds.logStart();
            } else if (mayGo && tooLarge) {
                reason = "the log exceeds retention.bytes " + sizeBytes;
            } else if (mayGo && isExpired(segment)) {
                reason = "older than retention.ms " + timeMs;
            } else {
                return new Verdict(segment.baseOffset(), reason);
            }
            excessBytes -= segment.sizeBytes();
        }
        return new Verdict(bounds.logEnd(), reason);
    }

    private boolean isExpired(LogSegment segment) throws IOException {
        return timeMs >= 0 && nowMs - segment.lastTimestampOrModifiedMs() > timeMs;
    }

    private static long totalBytes(List<LogSegment> segments) {
        long total = 0;
        for (LogSegment segment : segments) {
            total += segment.sizeBytes();
        }
        return total;
    }
}
