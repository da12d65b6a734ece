package io.ottla.storage.recovery;

import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.epoch.CorruptEpochCheckpointException;
import io.ottla.storage.epoch.LeaderEpochCheckpoint;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.index.IndexCorruptException;
import io.ottla.storage.producer.ProducerStates;
import io.ottla.storage.segment.BatchScan;
import io.ottla.storage.segment.LogSegment;
import io.ottla.storage.segment.SnapshotFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Loads one log from its directory, or makes an empty one. Used once; confined to the worker that runs it; blocks.
 */
public final class LogLoader {
    private static final Logger LOG = LoggerFactory.getLogger(LogLoader.class);

    /** What is recovered in less than a blink needs no line in the log of its own: there may be thousands. */
    private static final long TOLD_FROM_BYTES = 64L << 20;

    private final LoadRequest request;
    private final LogDirectory directory;
    private final String partitionDirectory;
    private final List<LogSegment> segments = new ArrayList<>();
    private final Set<LogSegment> rebuilt = new HashSet<>();
    /** Those before the recovery point, which no later flush looks at. */
    private final List<LogSegment> rebuiltUnforced = new ArrayList<>();

    private LeaderEpochs epochs = LeaderEpochs.EMPTY;
    /** Up to the log end already, after a recovery; null before. */
    private @Nullable ProducerStates recoveredProducers;

    private long logEndOffset;
    private long recoveryPoint;

    private LogLoader(LoadRequest request) {
        this.request = request;
        this.directory = request.directory();
        this.partitionDirectory = request.partitionDirectory();
    }

    /**
     * Loads a log.
     *
     * @throws IOException if its files cannot be read or mended; damage at its end is mended and logged
     */
    public static RecoveredLog load(LoadRequest request) throws IOException {
        return new LogLoader(request).load();
    }

    /** Makes the directory and first segment of a new log that begins at {@code request.logStartOffset()}. */
    public static RecoveredLog create(LoadRequest request) throws IOException {
        request.directory().createDirectory(request.partitionDirectory());
        return load(request);
    }

    private RecoveredLog load() throws IOException {
        DirectoryScan files = DirectoryScan.of(directory, partitionDirectory);
        for (long base : files.logs()) {
            segments.add(LogSegment.open(directory, partitionDirectory, base, request.nowMs()));
        }
        if (segments.isEmpty()) {
            segments.add(newSegment(request.logStartOffset()));
        }
        loadEpochs(files);
        SnapshotFiles snapshots = new SnapshotFiles(directory, partitionDirectory, files.snapshots());
        if (request.cleanShutdown()) {
            openClean(files, snapshots);
        } else {
            recover(firstToRecover(files), "the shutdown was not clean", snapshots);
        }
        long logStartOffset = logStartOffset();
        if (logEndOffset < logStartOffset) {
            LOG.warn(
                    "{}: the log ends at {}, before its start {}; it begins anew there",
                    partitionDirectory,
                    logEndOffset,
                    logStartOffset);
            deleteFrom(0);
            segments.add(newSegment(logStartOffset));
            logEndOffset = logStartOffset;
            recoveryPoint = logStartOffset;
            recoveredProducers = null;
        }
        epochs = epochs.truncateFromEnd(logEndOffset).truncateFromStart(logStartOffset);
        ProducerStates recovered = recoveredProducers;
        ProducerStates producers = recovered != null ? recovered : loadProducers(segments, logEndOffset, snapshots);
        forceRebuilt();
        return new RecoveredLog(
                partitionDirectory,
                segments,
                logStartOffset,
                logEndOffset,
                recoveryPoint,
                epochs,
                producers,
                snapshots);
    }

    private long logStartOffset() {
        return Math.max(request.logStartOffset(), segments.get(0).baseOffset());
    }

    private LogSegment newSegment(long baseOffset) throws IOException {
        return LogSegment.create(directory, partitionDirectory, baseOffset, request.nowMs());
    }

    private void loadEpochs(DirectoryScan files) throws IOException {
        if (!files.hasEpochCheckpoint()) {
            // Without the file there is nothing older than what a recovery reads, or it is a log without epochs.
            return;
        }
        String path = partitionDirectory + "/" + LeaderEpochCheckpoint.FILE_NAME;
        try {
            epochs = LeaderEpochCheckpoint.decode(directory.readFully(path), path);
        } catch (CorruptEpochCheckpointException e) {
            LOG.warn("{}; the epochs are read out of the batches", e.getMessage());
            epochs = epochsOfBatches();
        }
    }

    private LeaderEpochs epochsOfBatches() throws IOException {
        LeaderEpochs found = LeaderEpochs.EMPTY;
        for (LogSegment segment : segments) {
            try (BatchScan scan = segment.scan(0, BatchScan.LOOKUP_WINDOW_BYTES)) {
                while (scan.next()) {
                    int epoch = RecordBatch.leaderEpoch(scan.buffer(), scan.index());
                    if (epoch > found.latestEpoch()) {
                        found = found.assign(epoch, RecordBatch.baseOffset(scan.buffer(), scan.index()));
                    }
                }
            }
        }
        return found;
    }

    /** After a clean shutdown only what is obviously missing is mended. */
    private void openClean(DirectoryScan files, SnapshotFiles snapshots) throws IOException {
        for (LogSegment segment : segments) {
            if (segment.sizeBytes() > 0 && !files.hasIndexes(segment.baseOffset())) {
                rebuildIndexes(segment, "an index is missing");
            }
        }
        int last = segments.size() - 1;
        LogSegment active = segments.get(last);
        try {
            active.offsetIndex().sanityCheck(active.sizeBytes());
            active.timeIndex().sanityCheck();
            active.transactionIndex().sanityCheck();
            logEndOffset = active.readNextOffset();
            recoveryPoint = logEndOffset;
        } catch (IndexCorruptException | BatchScan.FaultException e) {
            recover(last, e.getMessage(), snapshots);
        }
    }

    private void rebuildIndexes(LogSegment segment, String reason) throws IOException {
        LOG.info("{}: rebuilding the indexes: {}", segment.name(), reason);
        int sizeBefore = segment.sizeBytes();
        rebuilt.add(segment);
        rebuiltUnforced.add(segment);
        String fault = new SegmentRecovery(
                        request.indexIntervalBytes(), LeaderEpochs.EMPTY, SegmentRecovery.Witness.NONE)
                .recover(segment);
        if (fault != null) {
            LOG.error(
                    "{}: at position {} of {} {}, in a part of the log that was known to be good; nothing is deleted, but"
                            + " reads will fail there",
                    segment.name(),
                    segment.sizeBytes(),
                    sizeBefore,
                    fault);
            segment.keepUnindexed(sizeBefore);
        }
        segment.finishIndexes();
    }

    /** With the aborted transactions, which the producers' states have told. */
    private void forceRebuilt() throws IOException {
        rebuiltUnforced.retainAll(segments);
        for (LogSegment segment : rebuiltUnforced) {
            segment.force();
            segment.forceIndexes();
        }
        if (!rebuiltUnforced.isEmpty()) {
            directory.forceDirectory(partitionDirectory);
        }
    }

    /** The segment of the recovery point, or an earlier one; indexes of those before are mended if need be. */
    private int firstToRecover(DirectoryScan files) throws IOException {
        int first = 0;
        while (first + 1 < segments.size() && segments.get(first + 1).baseOffset() <= request.recoveryPoint()) {
            LogSegment segment = segments.get(first);
            if (!files.hasWholeIndexes(segment.baseOffset())) {
                rebuildIndexes(segment, "an index is missing, or cut within an entry");
            }
            first++;
        }
        return first;
    }

    /**
     * Reads all segments from one on, and cuts the log at the first batch that is not good. What the batches say of their
     * producers is noted on the way: to read many gigabytes a second time takes as long as the first.
     */
    private void recover(int first, @Nullable String reason, SnapshotFiles snapshots) throws IOException {
        long bytes = segments.subList(first, segments.size()).stream()
                .mapToLong(LogSegment::sizeBytes)
                .sum();
        LOG.atLevel(bytes < TOLD_FROM_BYTES && !request.cleanShutdown() ? Level.DEBUG : Level.INFO)
                .log(
                        "{}: recovering {} of {} segments, {} bytes from offset {} on: {}",
                        partitionDirectory,
                        segments.size() - first,
                        segments.size(),
                        bytes,
                        segments.get(first).baseOffset(),
                        reason);
        long base = segments.get(first).baseOffset();
        ProducerStates producers = loadProducers(segments.subList(0, first), base, snapshots);
        long fromOffset = producers.endOffset();
        ProducerReplay replay = new ProducerReplay(producers, rebuilt, snapshots);
        SegmentRecovery recovery = new SegmentRecovery(
                request.indexIntervalBytes(),
                epochs.truncateFromEnd(base),
                (segment, scan) -> replay.tell(segment, scan, fromOffset));
        recoveryPoint = Math.min(request.recoveryPoint(), base);
        for (int i = first; i < segments.size(); i++) {
            LogSegment segment = segments.get(i);
            int sizeBefore = segment.sizeBytes();
            rebuilt.add(segment);
            replay.takeSnapshot(segment);
            String fault = recovery.recover(segment);
            logEndOffset = recovery.nextOffset();
            if (fault != null) {
                LOG.warn(
                        "{}: cut at position {} of {}, the log ends at offset {}: {}; {} later segments are deleted",
                        segment.name(),
                        segment.sizeBytes(),
                        sizeBefore,
                        logEndOffset,
                        fault,
                        segments.size() - i - 1);
                segment.cutTail();
                deleteFrom(i + 1);
            } else if (i < segments.size() - 1) {
                segment.finishIndexes();
            }
        }
        epochs = recovery.epochs();
        producers.advanceEndOffset(logEndOffset);
        recoveredProducers = producers;
    }

    private void deleteFrom(int index) throws IOException {
        for (LogSegment segment : segments.subList(index, segments.size())) {
            segment.delete();
        }
        segments.subList(index, segments.size()).clear();
    }

    /**
     * Loads the states as of an offset from a snapshot and the batches behind it. A rebuilt segment has lost its aborted
     * transactions, so that its batches are told as well, from a snapshot not later than the segment.
     *
     * @param before the segments before the offset
     */
    private ProducerStates loadProducers(List<LogSegment> before, long endOffset, SnapshotFiles snapshots)
            throws IOException {
        long logStartOffset = logStartOffset();
        ProducerStates producers = new ProducerStates(logStartOffset);
        long upTo = endOffset;
        for (LogSegment segment : rebuilt) {
            upTo = Math.min(upTo, segment.baseOffset());
        }
        long from = producers.reload(
                snapshots,
                logStartOffset,
                Math.max(upTo, logStartOffset),
                request.nowMs(),
                request.producerExpirationMs());
        if (from < endOffset) {
            new ProducerReplay(producers, rebuilt, snapshots).replay(before, from);
            producers.advanceEndOffset(endOffset);
        }
        return producers;
    }
}
