package io.ottla.storage.recovery;

import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.epoch.LeaderEpochCheckpoint;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.index.OffsetIndex;
import io.ottla.storage.index.TimeIndex;
import io.ottla.storage.index.TransactionIndex;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.segment.LogSegment;
import io.ottla.storage.segment.SegmentFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one partition's directory, after what interrupted work has left is tidied up:
 *
 * <ul>
 *   <li>{@code .deleted} and {@code .cleaned} files, and temporary ones, are deleted;
 *   <li>a {@code .swap} segment, complete by its nature, replaces the segments whose offsets it covers; one that is as
 *       new as something half cleaned is deleted;
 *   <li>an index without its log is deleted.
 * </ul>
 */
final class DirectoryScan {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryScan.class);

    private final LogDirectory directory;
    private final String partitionDirectory;
    private final NavigableSet<Long> logs = new TreeSet<>();
    private final NavigableSet<Long> offsetIndexes = new TreeSet<>();
    private final NavigableSet<Long> timeIndexes = new TreeSet<>();
    private final NavigableSet<Long> snapshots = new TreeSet<>();
    private final List<String> swaps = new ArrayList<>();
    private final List<String> orphanCandidates = new ArrayList<>();
    private long firstCleanedOffset = Long.MAX_VALUE;
    private boolean hasEpochCheckpoint;

    private DirectoryScan(LogDirectory directory, String partitionDirectory) {
        this.directory = directory;
        this.partitionDirectory = partitionDirectory;
    }

    static DirectoryScan of(LogDirectory directory, String partitionDirectory) throws IOException {
        DirectoryScan scan = new DirectoryScan(directory, partitionDirectory);
        for (String name : directory.list(partitionDirectory)) {
            scan.sort(name);
        }
        if (!scan.swaps.isEmpty()) {
            scan.completeSwaps();
        }
        for (String name : scan.orphanCandidates) {
            if (!scan.logs.contains(SegmentFiles.offsetOf(name))) {
                LOG.warn("{}/{}: deleted, there is no log that it belongs to", partitionDirectory, name);
                scan.delete(name);
            }
        }
        return scan;
    }

    /** The base offsets of the segments. */
    NavigableSet<Long> logs() {
        return logs;
    }

    /** Whether the segment has both indexes that each segment must have. */
    boolean hasIndexes(long baseOffset) {
        return offsetIndexes.contains(baseOffset) && timeIndexes.contains(baseOffset);
    }

    /** Whether it has them, and none ends within an entry, as a loss of power may leave it. */
    boolean hasWholeIndexes(long baseOffset) throws IOException {
        return hasIndexes(baseOffset)
                && isWhole(SegmentFiles.name(baseOffset, OffsetIndex.SUFFIX), OffsetIndex.ENTRY_BYTES)
                && isWhole(SegmentFiles.name(baseOffset, TimeIndex.SUFFIX), TimeIndex.ENTRY_BYTES);
    }

    private boolean isWhole(String name, int entryBytes) throws IOException {
        return directory.sizeBytes(path(name)) % entryBytes == 0;
    }

    /** The offsets of the producer snapshots. */
    NavigableSet<Long> snapshots() {
        return snapshots;
    }

    boolean hasEpochCheckpoint() {
        return hasEpochCheckpoint;
    }

    private void sort(String name) throws IOException {
        long offset = SegmentFiles.offsetOf(name);
        if (name.equals(LeaderEpochCheckpoint.FILE_NAME)) {
            hasEpochCheckpoint = true;
        } else if (name.endsWith(SegmentFiles.DELETED_SUFFIX) || name.endsWith(".tmp")) {
            delete(name);
        } else if (name.endsWith(SegmentFiles.CLEANED_SUFFIX)) {
            firstCleanedOffset = Math.min(firstCleanedOffset, offset);
            delete(name);
        } else if (name.endsWith(SegmentFiles.SWAP_SUFFIX)) {
            swaps.add(name);
        } else if (offset != SegmentFiles.NOT_A_SEGMENT) {
            sortSegmentFile(name, offset);
        }
    }

    private void sortSegmentFile(String name, long offset) {
        String suffix = name.substring(name.indexOf('.'));
        switch (suffix) {
            case SegmentFiles.LOG_SUFFIX -> logs.add(offset);
            case SegmentFiles.SNAPSHOT_SUFFIX -> snapshots.add(offset);
            case OffsetIndex.SUFFIX -> {
                offsetIndexes.add(offset);
                orphanCandidates.add(name);
            }
            case TimeIndex.SUFFIX -> {
                timeIndexes.add(offset);
                orphanCandidates.add(name);
            }
            case TransactionIndex.SUFFIX -> orphanCandidates.add(name);
            default -> LOG.warn("{}/{}: unknown file, left alone", partitionDirectory, name);
        }
    }

    private void completeSwaps() throws IOException {
        List<String> complete = new ArrayList<>();
        for (String name : swaps) {
            if (SegmentFiles.offsetOf(name) >= firstCleanedOffset) {
                delete(name);
            } else {
                complete.add(name);
            }
        }
        for (String name : complete) {
            if (name.endsWith(SegmentFiles.LOG_SUFFIX + SegmentFiles.SWAP_SUFFIX)) {
                deleteCovered(SegmentFiles.offsetOf(name), endOf(name));
            }
        }
        for (String name : complete) {
            String target = name.substring(0, name.length() - SegmentFiles.SWAP_SUFFIX.length());
            directory.rename(path(name), path(target));
            sort(target);
            LOG.info("{}/{}: completed the replacement of a segment", partitionDirectory, target);
        }
    }

    /** The offset after the last record of a {@code .swap} log. */
    private long endOf(String name) throws IOException {
        long end = SegmentFiles.offsetOf(name);
        var file = directory.open(path(name), LogDirectory.OpenMode.READ_ONLY);
        try (BatchScan scan = new BatchScan(file, 0, (int) file.sizeBytes(), BatchScan.SEQUENTIAL_WINDOW_BYTES)) {
            while (scan.next()) {
                end = RecordBatch.nextOffset(scan.buffer(), scan.index());
            }
            return end;
        } finally {
            file.release();
        }
    }

    private void deleteCovered(long from, long end) throws IOException {
        for (long base : List.copyOf(logs.subSet(from, true, Math.max(from, end), false))) {
            LogSegment.open(directory, partitionDirectory, base, 0).delete();
            logs.remove(base);
            offsetIndexes.remove(base);
            timeIndexes.remove(base);
        }
    }

    private void delete(String name) throws IOException {
        directory.delete(path(name));
    }

    private String path(String name) {
        return partitionDirectory + "/" + name;
    }
}
