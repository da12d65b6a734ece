package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.delayed.WaitList;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import org.jspecify.annotations.Nullable;

/**
 * How far a partition that is led here is committed: moves the high watermark as flushes and fetches of followers allow, and
 * tells those who wait for it. Confined to the home loop.
 */
final class Commitment {

    private final Partition partition;
    private final HomeLoop home;
    private final Acknowledgements acknowledgements = new Acknowledgements();

    Commitment(Partition partition, HomeLoop home) {
        this.partition = partition;
        this.home = home;
    }

    /** Something has been appended, or had been before; the listener hears of it when it is as safe as {@code acks} asks. */
    void onWritten(LeaderRole leader, AppendResult result, int sizeBytes, RequiredAcks acks, AppendListener listener) {
        if (!result.duplicate()) {
            partition.logEndWaits().signal(sizeBytes);
        }
        PartitionLog log = leader.log();
        if (!flushIfNeeded(log)) {
            advance(leader, log.view().logEndOffset(), sizeBytes);
        }
        acknowledgements.add(log, result, acks, listener);
    }

    /** The listener hears when everything that is in the log by now is committed. */
    void onPresent(LeaderRole leader, AppendListener listener) {
        PartitionLog log = leader.log();
        AppendResult earlier = AppendResult.duplicate(-1, log.view().logEndOffset() - 1, -1, -1);
        acknowledgements.add(log, earlier, RequiredAcks.ALL, listener);
    }

    /** Has the log flushed if only that counts; says whether it is so. */
    boolean flushIfNeeded(PartitionLog log) {
        boolean needed = Acknowledgements.needsFlush(log);
        if (needed) {
            log.flushed(log.view().logEndOffset()).whenComplete((done, failure) -> onFlushed(log, failure));
        }
        return needed;
    }

    /** One flush serves many appends; what it has made durable may be acknowledged, and committed as far as others have it. */
    private void onFlushed(PartitionLog log, @Nullable Throwable failure) {
        LeaderRole leader = partition.leader();
        if (leader == null || leader.log() != log) {
            return;
        }
        if (failure == null) {
            advance(leader, log.recoveryPoint(), WaitList.UNKNOWN_BYTES);
            acknowledgements.onFlushed(log.recoveryPoint());
        } else {
            // The log directory is being taken offline, which ends this role; its records may or may not be durable.
            acknowledgements.failAll(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    /** Looks again whether more is committed: not the log has changed, but who counts, or how far a follower is. */
    void review(LeaderRole leader) {
        PartitionLog log = leader.log();
        long own = Acknowledgements.needsFlush(log)
                ? log.recoveryPoint()
                : log.view().logEndOffset();
        advance(leader, own, WaitList.UNKNOWN_BYTES);
    }

    private void advance(LeaderRole leader, long ownOffset, int addedBytes) {
        PartitionLog log = leader.log();
        long committed = leader.committedOffset(ownOffset, home);
        LogView before = log.view();
        if (committed > before.highWatermark()) {
            log.advanceHighWatermark(committed);
            // A marker frees more than its own bytes for those who wait for the last stable offset.
            boolean known = committed == ownOffset && before.lastStableOffset() == before.highWatermark();
            partition.committedWaits().signal(known ? addedBytes : WaitList.UNKNOWN_BYTES);
            acknowledgements.onCommitted(committed);
        }
    }

    /** The in-sync replicas are others than before: with too few of them, what waits for them is not acknowledged. */
    void onIsrChanged(LeaderRole leader) {
        if (leader.isBelowMinInSync()) {
            acknowledgements.failCommits(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        }
        review(leader);
    }

    /** The leadership has ended. */
    void failAll(ErrorCode error) {
        acknowledgements.failAll(error);
    }
}
