package io.ottla.storage.log;

import io.ottla.storage.recovery.RecoveredLog;
import java.io.IOException;

/**
 * What a {@link PartitionLog} is made of, for what needs several of its parts. They are confined to the log's home loop, but
 * for what they say themselves.
 */
record LogParts(
        LogContext context,
        LogTail tail,
        LogWork work,
        LogProducers producers,
        EpochFile epochFile,
        LogState state,
        LogFlusher flusher,
        SegmentSwap swap) {

    /**
     * Takes over a log from its recovery.
     *
     * @param highWatermark as it was last checkpointed
     */
    static LogParts of(LogContext context, RecoveredLog recovered, long highWatermark) {
        String partitionDirectory = recovered.partitionDirectory();
        LogTail tail = new LogTail(context, partitionDirectory, recovered.segments(), recovered.logEndOffset());
        LogWork work = new LogWork(context);
        LogProducers producers = new LogProducers(context, work, recovered.producers(), recovered.snapshots());
        EpochFile epochFile = new EpochFile(context.directory(), partitionDirectory);
        LogState state = new LogState(context, tail, work, epochFile, recovered, highWatermark);
        LogFlusher flusher = new LogFlusher(context, tail, epochFile, state::view, recovered.recoveryPoint());
        SegmentSwap swap = new SegmentSwap(context, tail, work, producers);
        return new LogParts(context, tail, work, producers, epochFile, state, flusher, swap);
    }

    /** Begins a new segment, unless the active one is empty and begins there already. */
    void rollAt(long baseOffset) throws IOException {
        SegmentList before = tail.segments();
        tail.roll(baseOffset);
        if (tail.segments() != before) {
            producers.takeSnapshot();
            flusher.onRolled(baseOffset);
        }
    }

    /** Moves the log start on, below which records count as deleted. The caller publishes it. */
    void moveLogStart(long offset) {
        state.setLogStartOffset(offset);
        flusher.onLogStart(offset);
        producers.states().onLogStartOffset(offset);
        state.setEpochs(state.epochs().truncateFromStart(offset));
    }
}
