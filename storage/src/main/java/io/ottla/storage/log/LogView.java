package io.ottla.storage.log;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.index.AbortedTransaction;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A log as it was at one moment: immutable, to be read from any thread. The owner of the log publishes a new one after
 * each change.
 *
 * <p>All reads are bounded by what the view knows, however much the log has grown meanwhile. They may block when bytes
 * are not in the page cache.
 */
public final class LogView {
    private final PartitionIdentity identity;
    private final SegmentList segments;
    private final int activeSizeBytes;
    private final LeaderEpochs leaderEpochs;
    private final LogOffsets offsets;

    /** Whose view it is, for messages and for taking the directory offline. */
    record PartitionIdentity(TopicPartition partition, LogDirectory directory) {}

    LogView(
            PartitionIdentity identity,
            SegmentList segments,
            int activeSizeBytes,
            LeaderEpochs leaderEpochs,
            LogOffsets offsets) {
        this.identity = identity;
        this.segments = segments;
        this.activeSizeBytes = activeSizeBytes;
        this.leaderEpochs = leaderEpochs;
        this.offsets = offsets;
    }

    public TopicPartition partition() {
        return identity.partition();
    }

    /** The first offset that may be read. */
    public long logStartOffset() {
        return offsets.logStart();
    }

    /** The offset that the next record will get. */
    public long logEndOffset() {
        return offsets.logEnd();
    }

    /** The offset up to which, exclusive, the records are committed. */
    public long highWatermark() {
        return offsets.highWatermark();
    }

    /** The offset up to which, exclusive, read_committed consumers may read. */
    public long lastStableOffset() {
        return offsets.lastStable();
    }

    /** The epochs that wrote the log: for OffsetForLeaderEpoch, and the latest one. */
    public LeaderEpochs leaderEpochs() {
        return leaderEpochs;
    }

    /** Bytes of all segments. */
    public long sizeBytes() {
        long total = activeSizeBytes;
        for (int i = 0; i < segments.size() - 1; i++) {
            total += segments.get(i).sizeBytes();
        }
        return total;
    }

    public int segmentCount() {
        return segments.size();
    }

    SegmentList segments() {
        return segments;
    }

    /** All segments, in order. */
    public List<LogSegment> allSegments() {
        return segments.asList();
    }

    /** The segments that do not grow any more, in order. */
    public List<LogSegment> sealedSegments() {
        List<LogSegment> all = segments.asList();
        return all.subList(0, all.size() - 1);
    }

    /** Where the segment begins that grows. */
    public long activeBaseOffset() {
        return segments.active().baseOffset();
    }

    LogDirectory directory() {
        return identity.directory();
    }

    /** The size of a segment as this view knows it. */
    int sizeBytes(int segmentIndex) {
        return segmentIndex == segments.size() - 1
                ? activeSizeBytes
                : segments.get(segmentIndex).sizeBytes();
    }

    /**
     * Reads from an offset on, within one segment.
     *
     * @param startOffset the first offset wanted; a batch that contains it is returned whole
     * @param maxBytes at most so many bytes, which may cut the last batch short
     * @param endOffset no batch from this offset on is returned: {@link #highWatermark()}, {@link #lastStableOffset()}
     *     or {@link #logEndOffset()}
     * @param minOneBatch {@code WHOLE_FIRST_BATCH} returns the first batch whole even if it is larger than maxBytes;
     *     else a first batch that does not fit is not returned at all
     * @return records, nothing, or an error; the caller releases it
     */
    public FetchedRecords read(long startOffset, int maxBytes, long endOffset, FirstBatch minOneBatch) {
        return read(startOffset, maxBytes, endOffset, minOneBatch, null);
    }

    /**
     * As {@link #read(long, int, long, FirstBatch)}, without a search if all goes well.
     *
     * @param known what {@link FetchedRecords#next} said of the last read of this log; null if nothing
     */
    public FetchedRecords read(
            long startOffset, int maxBytes, long endOffset, FirstBatch minOneBatch, @Nullable LogPosition known) {
        return LogReader.read(this, new LogReader.Range(startOffset, endOffset, maxBytes, minOneBatch, known));
    }

    /** How a read treats a first batch that is larger than its maximum of bytes. */
    public enum FirstBatch {
        WHOLE,
        ONLY_IF_IT_FITS
    }

    /**
     * An estimate of the bytes from one offset to another, exclusive, for fetches that wait for a minimum of bytes. It
     * may be too high by as much as lies between two index entries, and never zero if there is a record.
     */
    public long bytesBetween(long startOffset, long endOffset) {
        return LogReader.bytesBetween(this, startOffset, endOffset);
    }

    /**
     * Whether {@link #read} from this offset on would probably not wait for the disk. Costs some microseconds, so it is for
     * reads that are not at the log's end.
     */
    public boolean isInMemory(long startOffset, int maxBytes) {
        return LogReader.isInMemory(this, startOffset, maxBytes);
    }

    /**
     * The aborted transactions that a read_committed consumer must know for records that {@link #read} has returned, in
     * the order of their markers.
     */
    public List<AbortedTransaction> abortedTransactions(FetchedRecords fetched) throws IOException {
        return LogReader.abortedTransactions(this, fetched);
    }

    /**
     * The first record from the log start on whose timestamp is at least {@code timestampMs}; empty if there is none.
     * Opens batches, compressed ones too.
     */
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws IOException {
        return TimestampSearch.firstAtOrAfter(this, timestampMs);
    }

    /** The first record with the greatest timestamp of the log; empty for an empty log. */
    public Optional<TimestampedOffset> offsetOfMaxTimestamp() throws IOException {
        return TimestampSearch.greatest(this);
    }

    /** The offset at which a segment begins; for tests and inspection. */
    public List<Long> segmentBaseOffsets() {
        return segments.asList().stream().map(LogSegment::baseOffset).toList();
    }

    @Override
    public String toString() {
        return identity.partition() + " [" + offsets.logStart() + ", " + offsets.logEnd() + ") high watermark "
                + offsets.highWatermark() + ", last stable offset " + offsets.lastStable() + ", segments "
                + segments.size();
    }
}
