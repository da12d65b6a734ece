package io.ottla.storage.store;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.file.CleanShutdownMarker;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.OffsetCheckpoint;
import io.ottla.storage.file.PartitionMetadataFile;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log directory of a {@link LogStore}: what was found in it at the start, and its checkpoints. What was read is
 * immutable after {@link #read}; checkpoints are written by one thread at a time, which the class sees to.
 */
final class StoreDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(StoreDirectory.class);

    /** A checkpoint: its file, and what it says about a log. */
    enum Checkpoint {
        RECOVERY_POINTS(OffsetCheckpoint.RECOVERY_POINTS),
        LOG_STARTS(OffsetCheckpoint.LOG_START_OFFSETS),
        HIGH_WATERMARKS(OffsetCheckpoint.HIGH_WATERMARKS),
        CLEANED_OFFSETS(OffsetCheckpoint.CLEANED_OFFSETS);

        private final String fileName;

        Checkpoint(String fileName) {
            this.fileName = fileName;
        }

        private long offsetOf(PartitionLog log) {
            return switch (this) {
                case RECOVERY_POINTS -> log.indexedRecoveryPoint();
                case LOG_STARTS -> log.view().logStartOffset();
                case HIGH_WATERMARKS -> log.view().highWatermark();
                case CLEANED_OFFSETS -> log.cleanedOffset();
            };
        }

        private boolean isDue(PartitionLog log) {
            return switch (this) {
                case RECOVERY_POINTS, HIGH_WATERMARKS -> true;
                case LOG_STARTS -> startsWithinSegment(log);
                case CLEANED_OFFSETS -> log.cleanedOffset() != PartitionLog.NEVER_CLEANED;
            };
        }
    }

    private final LogDirectory directory;
    private final AtomicInteger logCount = new AtomicInteger();
    private Map<TopicPartition, Long> recoveryPoints = Map.of();
    private Map<TopicPartition, Long> logStarts = Map.of();
    private Map<TopicPartition, Long> highWatermarks = Map.of();
    private Map<TopicPartition, Long> cleanedOffsets = Map.of();
    private Map<TopicPartition, String> partitions = Map.of();
    private Map<TopicPartition, String> futures = Map.of();
    private boolean cleanShutdown;
    private long previousBrokerEpoch = CleanShutdownMarker.NO_EPOCH;

    StoreDirectory(LogDirectory directory) {
        this.directory = directory;
    }

    LogDirectory directory() {
        return directory;
    }

    boolean isOnline() {
        return directory.health().isOnline();
    }

    /** Takes the directory offline; the exception is for those who wanted something of it. */
    ApiException offline(String action, IOException cause) {
        directory.health().takeOffline(action, cause);
        return new ApiException(ErrorCode.KAFKA_STORAGE_ERROR, action + " failed: " + cause);
    }

    /** The number of logs in use that it holds, to find the one with the fewest. */
    AtomicInteger logCount() {
        return logCount;
    }

    /** Whether the last broker that used the directory left it on purpose. */
    boolean cleanShutdown() {
        return cleanShutdown;
    }

    /** That broker's epoch, or -1. */
    long previousBrokerEpoch() {
        return previousBrokerEpoch;
    }

    /** The directories of partitions by name. */
    Map<TopicPartition, String> partitions() {
        return partitions;
    }

    /** The directories, by name, of partitions that are to move here. */
    Map<TopicPartition, String> futures() {
        return futures;
    }

    long recoveryPoint(TopicPartition partition) {
        return recoveryPoints.getOrDefault(partition, 0L);
    }

    long logStart(TopicPartition partition) {
        return logStarts.getOrDefault(partition, 0L);
    }

    long highWatermark(TopicPartition partition) {
        return highWatermarks.getOrDefault(partition, 0L);
    }

    /** Up to where the cleaner had been, {@link PartitionLog#NEVER_CLEANED} if it had not. */
    long cleanedOffset(TopicPartition partition) {
        return cleanedOffsets.getOrDefault(partition, PartitionLog.NEVER_CLEANED);
    }

    /**
     * Reads marker, checkpoints and names; the marker is gone afterwards, before anything is loaded. Blocks.
     *
     * @return the directories whose deletion was interrupted
     */
    List<String> read() throws IOException {
        List<String> doomed = new ArrayList<>();
        CleanShutdownMarker marker = new CleanShutdownMarker(directory);
        cleanShutdown = marker.exists();
        previousBrokerEpoch = marker.brokerEpoch();
        marker.remove();
        recoveryPoints = readCheckpoint(OffsetCheckpoint.RECOVERY_POINTS);
        logStarts = readCheckpoint(OffsetCheckpoint.LOG_START_OFFSETS);
        highWatermarks = readCheckpoint(OffsetCheckpoint.HIGH_WATERMARKS);
        cleanedOffsets = readCheckpoint(OffsetCheckpoint.CLEANED_OFFSETS);
        Map<TopicPartition, String> found = new TreeMap<>();
        Map<TopicPartition, String> moving = new TreeMap<>();
        for (String name : directory.list("")) {
            switch (PartitionDirectories.kindOf(name)) {
                case LIVE -> PartitionDirectories.partition(name).ifPresent(partition -> found.put(partition, name));
                case DELETED -> doomed.add(name);
                case FUTURE ->
                    PartitionDirectories.futurePartition(name).ifPresent(partition -> moving.put(partition, name));
                case STRAY -> LOG.warn("{} is left alone", directory.path().resolve(name));
                case OTHER -> {}
            }
        }
        partitions = found;
        futures = moving;
        return doomed;
    }

    /** Gives the directories of strays other names, so that nothing is loaded and nothing lost. After {@link #read}. Blocks. */
    void setAside(StrayCheck check, Supplier<UUID> unique) throws IOException {
        if (check == StrayCheck.NONE) {
            return;
        }
        Map<TopicPartition, String> kept = new TreeMap<>(partitions);
        for (Map.Entry<TopicPartition, String> entry : partitions.entrySet()) {
            Optional<String> reason = check.reason(entry.getKey(), topicId(entry.getValue()));
            if (reason.isPresent()) {
                String name = PartitionDirectories.stray(entry.getKey(), unique.get());
                directory.rename(entry.getValue(), name);
                kept.remove(entry.getKey());
                LOG.warn(
                        "{}: set aside as {}, which can be deleted by hand: {}",
                        directory.path().resolve(entry.getValue()),
                        name,
                        reason.get());
            }
        }
        if (kept.size() < partitions.size()) {
            directory.forceDirectory("");
            partitions = kept;
        }
    }

    private Optional<UUID> topicId(String name) {
        try {
            return PartitionMetadataFile.read(directory, name);
        } catch (IOException e) {
            return Optional.empty(); // Its loading will tell.
        }
    }

    private Map<TopicPartition, Long> readCheckpoint(String fileName) {
        try {
            return new OffsetCheckpoint(directory, fileName).read();
        } catch (IOException e) {
            LOG.warn("{}; going on without it", e.getMessage());
            return Map.of();
        }
    }

    /** Writes a checkpoint. A partition whose log is not loaded yet keeps what was read. Blocks. */
    synchronized void write(Checkpoint checkpoint, DirectoryLogs logs) throws IOException {
        Map<TopicPartition, Long> before =
                switch (checkpoint) {
                    case RECOVERY_POINTS -> recoveryPoints;
                    case LOG_STARTS -> logStarts;
                    case HIGH_WATERMARKS -> highWatermarks;
                    case CLEANED_OFFSETS -> cleanedOffsets;
                };
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : logs.unloaded()) {
            Long offset = before.get(partition);
            if (offset != null) {
                offsets.put(partition, offset);
            }
        }
        for (PartitionLog log : logs.loaded()) {
            if (checkpoint.isDue(log)) {
                offsets.put(log.partition(), checkpoint.offsetOf(log));
            }
        }
        new OffsetCheckpoint(directory, checkpoint.fileName).write(offsets);
    }

    /** A log that starts with a segment tells its start by the name of the file. */
    private static boolean startsWithinSegment(PartitionLog log) {
        LogView view = log.view();
        return view.logStartOffset() > view.allSegments().get(0).baseOffset();
    }
}
