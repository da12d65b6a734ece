package io.ottla.storage.recovery;

import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.producer.ProducerStates;
import io.ottla.storage.segment.LogSegment;
import io.ottla.storage.segment.SnapshotFiles;
import java.util.List;

/**
 * A log as it was found, or made, on disk; handed over once to the one who owns it from then on.
 *
 * @param partitionDirectory name of its directory, relative to the log directory
 * @param segments in order of their offsets, at least one
 * @param logStartOffset the first offset that may be read
 * @param logEndOffset the offset that the next record will get
 * @param recoveryPoint the offset up to which everything is known to be on disk
 * @param leaderEpochs the epochs of the records
 * @param producers the producers as of the log end
 * @param snapshots their snapshot files
 */
public record RecoveredLog(
        String partitionDirectory,
        List<LogSegment> segments,
        long logStartOffset,
        long logEndOffset,
        long recoveryPoint,
        LeaderEpochs leaderEpochs,
        ProducerStates producers,
        SnapshotFiles snapshots) {}
