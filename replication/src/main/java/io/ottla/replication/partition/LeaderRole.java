package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.log.PartitionLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The replica that takes the appends. Epoch and log are for any thread, as are the volatile ISR and the offsets of the
 * followers; the rest of their progress belongs to the home loop.
 */
public final class LeaderRole implements Role {

    private final int leaderEpoch;
    private volatile PartitionLog log;
    private final long epochStartOffset;
    private final long beganNs;
    private final List<ReplicaProgress> followers;
    private final IsrKeeper isrKeeper;
    private volatile IsrState isr;

    /** @param before this broker's leadership in the epoch before, if it goes on */
    LeaderRole(
            Assignment assignment, Partition partition, HomeLoop home, PartitionLog log, @Nullable LeaderRole before) {
        this.leaderEpoch = assignment.leaderEpoch();
        this.log = log;
        this.epochStartOffset = log.view().logEndOffset();
        this.beganNs = before == null ? home.nowNs() : before.beganNs;
        this.isr = IsrState.committed(assignment.isr(), assignment.partitionEpoch());
        List<ReplicaProgress> all = new ArrayList<>();
        for (int replica : assignment.replicas()) {
            if (replica != home.services().brokerId()) {
                all.add(begin(replica, before, home.nowNs()));
            }
        }
        this.followers = List.copyOf(all);
        this.isrKeeper = new IsrKeeper(partition, this, home);
    }

    private ReplicaProgress begin(int replica, @Nullable LeaderRole before, long nowNs) {
        ReplicaProgress progress = new ReplicaProgress(replica);
        ReplicaProgress known = before == null ? null : before.progressOf(replica);
        if (known != null) {
            progress.continueFrom(known);
        }
        if (isr.committed().contains(replica)) {
            progress.assumeCaughtUp(nowNs);
        }
        return progress;
    }

    @Override
    public int leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    public PartitionLog log() {
        return log;
    }

    @Override
    public ErrorCode leaderError() {
        return ErrorCode.NONE;
    }

    /** The same records in another log directory. On the home loop. */
    void moveTo(PartitionLog moved) {
        log = moved;
    }

    public IsrState isr() {
        return isr;
    }

    void setIsr(IsrState changed) {
        isr = changed;
    }

    IsrKeeper isrKeeper() {
        return isrKeeper;
    }

    /** The replicas on other brokers, in assignment order. Any thread. */
    public List<ReplicaProgress> followers() {
        return followers;
    }

    /** What is known of that broker's replica; null if it has none. Any thread. */
    public @Nullable ReplicaProgress progressOf(int brokerId) {
        for (int i = 0; i < followers.size(); i++) {
            if (followers.get(i).brokerId() == brokerId) {
                return followers.get(i);
            }
        }
        return null;
    }

    /** The log end offset when this leadership began: earlier records were written by earlier leaders. */
    public long epochStartOffset() {
        return epochStartOffset;
    }

    /** Whether this broker has begun to lead within the last {@code periodNs}; a newer epoch is no new beginning. */
    boolean hasBegunWithin(long periodNs, HomeLoop home) {
        return home.nowNs() - beganNs < periodNs;
    }

    /** Whether fewer replicas are in sync than acks=all asks for; a partition never asks for more than it has. */
    boolean isBelowMinInSync() {
        int required = Math.min(log.config().replicas().minInSync(), followers.size() + 1);
        return isr.committed().size() < required;
    }

    /** Something is about to be appended. */
    void beforeAppend() {
        long endOffset = log.view().logEndOffset();
        for (int i = 0; i < followers.size(); i++) {
            ReplicaProgress follower = followers.get(i);
            if (isr.committed().contains(follower.brokerId())) {
                follower.onAppend(endOffset);
            }
        }
    }

    /**
     * The offset up to which all replicas that count have everything, given how far the leader itself has it. Replicas that
     * are about to enter the ISR count too: a busy leader would be ahead of them for ever. Nothing is committed while there
     * are fewer in-sync replicas than acks=all asks for.
     *
     * @param ownOffset the leader's log end offset, or what it has flushed where only that counts
     */
    long committedOffset(long ownOffset, HomeLoop home) {
        if (followers.isEmpty()) {
            return ownOffset;
        }
        if (isBelowMinInSync()) {
            return log.view().highWatermark();
        }
        long committed = ownOffset;
        for (int i = 0; i < followers.size(); i++) {
            ReplicaProgress follower = followers.get(i);
            if (follower.logEndOffset() < committed && counts(follower, home)) {
                committed = follower.logEndOffset();
            }
        }
        return committed;
    }

    /** The lowest start of a log among the leader's own and those of the followers whose brokers are alive. */
    long lowWatermark(HomeLoop home) {
        long lowest = log.view().logStartOffset();
        for (ReplicaProgress follower : followers) {
            if (follower.logStartOffset() < lowest && home.services().isAlive(follower.brokerId())) {
                lowest = follower.logStartOffset();
            }
        }
        return lowest;
    }

    private boolean counts(ReplicaProgress follower, HomeLoop home) {
        return isr.maximal().contains(follower.brokerId())
                || (isCaughtUp(follower, home) && home.services().isAlive(follower.brokerId()));
    }

    /** Whether the follower's broker has fetched of late. */
    boolean isFetching(ReplicaProgress follower, HomeLoop home) {
        return follower.hasFetchedWithin(home.nowNs(), home.services().lagTimeMaxMs() * 1_000_000L);
    }

    boolean isCaughtUp(ReplicaProgress follower, HomeLoop home) {
        long lagMaxNs = home.services().lagTimeMaxMs() * 1_000_000L;
        return follower.isCaughtUp(log.view().logEndOffset(), home.nowNs(), lagMaxNs);
    }
}
