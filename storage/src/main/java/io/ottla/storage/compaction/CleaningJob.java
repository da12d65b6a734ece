package io.ottla.storage.compaction;

import io.ottla.storage.log.CleaningInput;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One cleaning of one log, in steps. Confined to one worker at a time; each step blocks for about a megabyte.
 *
 * <pre>
 *  map -> (copy a group -> have it put in place)* -> done
 * </pre>
 */
final class CleaningJob {
    /** Bytes read in one step. */
    private static final int STEP_BYTES = 1 << 20;

    private final PartitionLog log;
    private final CleaningInput input;
    private final LogConfig config;
    private final CleanerSettings settings;
    private final DirtyRange range;
    private final KeyHash hash;
    private final long nowMs;

    private @Nullable OffsetMap map;
    private @Nullable MapBuilder builder;
    private @Nullable BatchFilter filter;
    private List<List<LogSegment>> groups = List.of();
    private int nextGroup;
    private @Nullable GroupCopier copier;
    private boolean replacementDue;
    private boolean done;

    private long mappedRecords;
    private long readRecords;
    private long readBytes;
    private long writtenBytes;

    CleaningJob(
            PartitionLog log,
            CleaningInput input,
            DirtyRange range,
            CleanerSettings settings,
            KeyHash hash,
            long nowMs) {
        this.log = log;
        this.input = input;
        this.config = log.config();
        this.settings = settings;
        this.range = range;
        this.hash = hash;
        this.nowMs = nowMs;
    }

    /** A copy that is complete and on disk, to be put in the place of its originals. */
    record Replacement(List<LogSegment> originals, LogSegment cleaned) {}

    PartitionLog log() {
        return log;
    }

    CleaningInput input() {
        return input;
    }

    boolean isDone() {
        return done;
    }

    /** What {@link #onReplaced} or {@link #abort} is waited for before the next step; null if nothing is. */
    @Nullable
    Replacement replacement() {
        GroupCopier current = copier;
        return replacementDue && current != null ? new Replacement(current.group(), current.cleaned()) : null;
    }

    /**
     * Goes on.
     *
     * @return the bytes read and written
     * @throws OffsetMapTooSmallException if the log cannot be cleaned with the memory that there is
     */
    long step() throws IOException {
        OffsetMap keys = map;
        if (keys == null) {
            return buildMap();
        }
        GroupCopier current = copier;
        if (current == null) {
            begin(keys);
            return 0;
        }
        long bytes = current.copy(STEP_BYTES);
        if (current.isComplete()) {
            readRecords += current.readRecords();
            readBytes += current.readBytes();
            writtenBytes += current.cleaned().sizeBytes();
            replacementDue = current.isChanged();
            if (!replacementDue) {
                closeCopier(true);
            }
        }
        return bytes;
    }

    private long buildMap() throws IOException {
        MapBuilder current = builder;
        if (current == null) {
            List<LogSegment> dirty = input.sealed().stream()
                    .filter(segment -> segment.baseOffset() < range.endOffset())
                    .toList();
            int first = 0;
            while (first + 1 < dirty.size() && dirty.get(first + 1).baseOffset() <= range.firstDirtyOffset()) {
                first++;
            }
            dirty = dirty.subList(first, dirty.size());
            current = new MapBuilder(
                    dirty,
                    range.firstDirtyOffset(),
                    range.endOffset(),
                    new OffsetMap(
                            hash,
                            range.endOffset() - range.firstDirtyOffset(),
                            settings.mapBytes(),
                            settings.dedupeLoadFactor()),
                    trail(dirty, range.firstDirtyOffset()),
                    settings.bufferBytes());
            builder = current;
        }
        int bytes = current.read(STEP_BYTES);
        if (current.isComplete()) {
            map = current.map();
            mappedRecords = current.recordCount();
            current.close();
            builder = null;
        }
        return bytes;
    }

    /** Transactions may end in segments after the last one to be read. */
    private TransactionTrail trail(List<LogSegment> first, long fromOffset) throws IOException {
        List<LogSegment> all = input.view().allSegments();
        int from = all.indexOf(first.get(0));
        return new TransactionTrail(
                AbortedTransactions.of(all.subList(from, all.size()), fromOffset, range.endOffset()));
    }

    private void begin(OffsetMap keys) throws IOException {
        BatchFilter current = filter;
        if (current == null) {
            if (keys.latestOffset() < range.firstDirtyOffset()) {
                throw new OffsetMapTooSmallException(range.firstDirtyOffset(), keys.maxKeys());
            }
            List<LogSegment> segments = input.sealed().stream()
                    .filter(segment -> segment.baseOffset() <= keys.latestOffset())
                    .toList();
            current = new BatchFilter(
                    keys,
                    trail(segments, segments.get(0).baseOffset()),
                    input.producers(),
                    nowMs,
                    config.compaction().deleteRetentionMs());
            filter = current;
            groups = SegmentGroups.of(segments, range.endOffset(), config.segments());
        }
        if (nextGroup == groups.size()) {
            done = true;
            close();
            return;
        }
        List<LogSegment> group = groups.get(nextGroup++);
        LogSegment cleaned = LogSegment.createCleaned(
                log.directory(), input.partitionDirectory(), group.get(0).baseOffset(), nowMs);
        copier = new GroupCopier(
                group, cleaned, current, config.segments().indexIntervalBytes(), settings.bufferBytes());
    }

    /** The copy is in place. */
    void onReplaced() throws IOException {
        replacementDue = false;
        closeCopier(false);
    }

    /** Gives up. What has been put in place stays there. */
    void abort() throws IOException {
        replacementDue = false;
        closeCopier(true);
        close();
    }

    private void closeCopier(boolean delete) throws IOException {
        GroupCopier current = copier;
        copier = null;
        if (current != null) {
            current.close();
            if (delete) {
                current.cleaned().delete();
            }
        }
    }

    private void close() {
        MapBuilder building = builder;
        builder = null;
        if (building != null) {
            building.close();
        }
        BatchFilter filtering = filter;
        filter = null;
        if (filtering != null) {
            filtering.close();
        }
    }

    /** Up to where the log is clean once the job is done, exclusive. */
    long cleanedOffset() {
        OffsetMap keys = map;
        return keys == null ? range.firstDirtyOffset() : keys.latestOffset() + 1;
    }

    /** In words, for the log line. */
    String summary() {
        OffsetMap keys = map;
        int keyCount = keys == null ? 0 : keys.keyCount();
        long mapBytes = keys == null ? 0 : keys.sizeBytes();
        return String.format(
                "%d of %d bytes left, %d records read, %d keys of %d dirty ones in %d KB",
                writtenBytes, readBytes, readRecords, keyCount, mappedRecords, mapBytes >> 10);
    }
}
