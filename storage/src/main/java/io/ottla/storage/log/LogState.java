package io.ottla.storage.log;

import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.log.LogView.PartitionIdentity;
import io.ottla.storage.producer.ProducerStates;
import io.ottla.storage.recovery.RecoveredLog;

/**
 * What changes of a log besides its segments: leader epochs, log start and high watermark; and the view of it all that the
 * owner has published last. Confined to the log's home loop, but for {@link #view}.
 */
final class LogState {
    private final LogContext context;
    private final LogTail tail;
    private final LogWork work;
    private final ProducerStates producers;
    private final EpochFile epochFile;
    private final PartitionIdentity identity;
    private LeaderEpochs epochs;
    private long logStartOffset;
    private long highWatermark;
    private volatile LogView view;

    /** @param highWatermark as it was last checkpointed; it is brought into the bounds of the log */
    LogState(
            LogContext context,
            LogTail tail,
            LogWork work,
            EpochFile epochFile,
            RecoveredLog recovered,
            long highWatermark) {
        this.context = context;
        this.tail = tail;
        this.work = work;
        this.producers = recovered.producers();
        this.epochFile = epochFile;
        this.identity = new PartitionIdentity(context.partition(), context.directory());
        this.epochs = recovered.leaderEpochs();
        this.logStartOffset = recovered.logStartOffset();
        this.highWatermark = Math.min(Math.max(highWatermark, logStartOffset), recovered.logEndOffset());
        this.producers.onHighWatermark(this.highWatermark);
        this.view = newView();
    }

    /** The log as it was published last; any thread. */
    LogView view() {
        return view;
    }

    /** Shows readers the log as it is now. */
    void publish() {
        view = newView();
    }

    private LogView newView() {
        long unstable = producers.firstUnstableOffset();
        long lastStable = unstable == ProducerStates.NO_OFFSET
                ? highWatermark
                : Math.min(Math.max(unstable, logStartOffset), highWatermark);
        return new LogView(
                identity,
                tail.segments(),
                tail.segments().active().sizeBytes(),
                epochs,
                new LogOffsets(logStartOffset, tail.nextOffset(), highWatermark, lastStable));
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    /** Takes over changed epochs, whose file is written on a worker; says whether they are others than before. */
    @SuppressWarnings("ReferenceEquality") // No change is the same instance.
    boolean setEpochs(LeaderEpochs changed) {
        if (changed == epochs) {
            return false;
        }
        epochs = changed;
        epochFile.note(changed);
        work.run("leader epoch checkpoint of " + context.partition(), epochFile::write);
        return true;
    }

    long logStartOffset() {
        return logStartOffset;
    }

    void setLogStartOffset(long offset) {
        logStartOffset = offset;
    }

    long highWatermark() {
        return highWatermark;
    }

    void setHighWatermark(long offset) {
        highWatermark = offset;
    }
}
