package io.ottla.replication.partition;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.delayed.WaitList;
import io.ottla.storage.epoch.EpochEndOffset;
import io.ottla.storage.log.AppendResult;
import io.ottla.storage.log.LogView;
import io.ottla.storage.log.PartitionLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica that copies from a leader on another broker. Epoch, leader and log are for any thread; what changes the log is
 * confined to the home loop.
 */
public final class FollowerRole implements Role {

    private static final Logger LOG = LoggerFactory.getLogger(FollowerRole.class);

    private final int leaderEpoch;
    private final int leaderId;
    private final PartitionLog log;
    private final WaitList committedWaits;

    /**
     * @param leaderId the broker to copy from, -1 while the partition has no leader
     * @param committedWaits those who wait for the high watermark to move
     */
    FollowerRole(int leaderEpoch, int leaderId, PartitionLog log, WaitList committedWaits) {
        this.leaderEpoch = leaderEpoch;
        this.leaderId = leaderId;
        this.log = log;
        this.committedWaits = committedWaits;
    }

    /** The same role over the same records in another log directory. */
    FollowerRole movedTo(PartitionLog moved) {
        return new FollowerRole(leaderEpoch, leaderId, moved, committedWaits);
    }

    @Override
    public int leaderEpoch() {
        return leaderEpoch;
    }

    /** The broker to copy from, -1 while the partition has no leader. */
    public int leaderId() {
        return leaderId;
    }

    @Override
    public PartitionLog log() {
        return log;
    }

    @Override
    public ErrorCode leaderError() {
        return ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }

    @Override
    public ErrorCode replicaError() {
        return ErrorCode.NONE;
    }

    /**
     * Appends what the leader has sent, then takes over its log start and its high watermark as far as the own log goes.
     *
     * @param records batches from the log end offset on, of which the last may be cut short; maybe none
     * @param highWatermark the leader's, -1 if not told
     * @param logStartOffset the leader's, -1 if not told
     * @return an error if not all whole batches could be appended
     */
    public AppendResult replicate(ByteBuf records, long highWatermark, long logStartOffset) {
        AppendResult result = log.appendAsFollower(records);
        boolean moved = log.advanceHighWatermark(highWatermark);
        LogView view = log.view();
        if (logStartOffset > view.logStartOffset() && logStartOffset <= view.highWatermark()) {
            log.deleteRecordsBefore(logStartOffset);
        }
        if (moved) {
            committedWaits.signal(WaitList.UNKNOWN_BYTES);
        }
        return result;
    }

    /**
     * Cuts off what the leader does not have. The own log may not know the epoch that the leader names; it is then cut to
     * where the next older one ends, and the leader is asked again (KIP-101, KIP-279). The high watermark is not raised in
     * the same step: what is above the cut must not count as committed (KAFKA-14704).
     *
     * @param leaders the newest epoch up to the follower's last one that the leader knows, and where it ends there
     * @return whether anything was cut
     */
    public boolean truncate(EpochEndOffset leaders) {
        LogView before = log.view();
        long target = divergence(before, leaders);
        if (target < before.highWatermark()) {
            LOG.warn(
                    "{}: the leader {} in epoch {} lacks records from {} on, below the high watermark {} here",
                    log.partition(),
                    leaderId,
                    leaderEpoch,
                    target,
                    before.highWatermark());
        }
        log.truncateTo(target);
        LogView after = log.view();
        return after.logEndOffset() < before.logEndOffset()
                || after.leaderEpochs().size() < before.leaderEpochs().size();
    }

    private static long divergence(LogView view, EpochEndOffset leaders) {
        EpochEndOffset own = view.leaderEpochs().endOffsetFor(leaders.epoch(), view.logEndOffset());
        if (!own.isKnown()) {
            return Math.min(leaders.endOffset(), view.logEndOffset());
        }
        return own.epoch() == leaders.epoch() ? Math.min(own.endOffset(), leaders.endOffset()) : own.endOffset();
    }

    /**
     * Brings the log into the bounds of the leader's, which does not have the offset that was asked for: it has been cut,
     * by an unclean election, or its older records were deleted.
     */
    public void restartWithin(long leaderStartOffset, long leaderEndOffset) {
        LogView view = log.view();
        if (leaderEndOffset < view.logEndOffset()) {
            LOG.warn(
                    "{}: the leader {} in epoch {} ends at {}, the log here at {}",
                    log.partition(),
                    leaderId,
                    leaderEpoch,
                    leaderEndOffset,
                    view.logEndOffset());
            log.truncateTo(leaderEndOffset);
        }
        if (leaderStartOffset > log.view().logEndOffset()) {
            log.truncateFullyAndStartAt(leaderStartOffset);
        }
    }

    /** Whether what was appended counts only once it is on disk. */
    public boolean needsFlush() {
        return log.config().flush().messages() == 1;
    }

    @Override
    public String toString() {
        return "follower of " + leaderId + " in epoch " + leaderEpoch;
    }
}
