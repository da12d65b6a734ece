package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.log.PartitionLog;
import java.util.ArrayList;
import java.util.List;

/**
 * The replica that takes the appends. Epoch and log are for any thread, as is the volatile ISR; the progress of followers
 * and the high watermark belong to the home loop.
 */
public final class LeaderRole implements Role {

    private final int leaderEpoch;
    private final PartitionLog log;
    private final long epochStartOffset;
    private final List<ReplicaProgress> followers;
    private volatile IsrState isr;

    LeaderRole(Assignment assignment, int brokerId, PartitionLog log) {
        this.leaderEpoch = assignment.leaderEpoch();
        this.log = log;
        this.epochStartOffset = log.view().logEndOffset();
        this.isr = IsrState.committed(assignment.isr(), assignment.partitionEpoch());
        this.followers = new ArrayList<>();
        for (int replica : assignment.replicas()) {
            if (replica != brokerId) {
                followers.add(new ReplicaProgress(replica));
            }
        }
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

    public IsrState isr() {
        return isr;
    }

    /** The log end offset when this leadership began: earlier records were written by earlier leaders. */
    public long epochStartOffset() {
        return epochStartOffset;
    }

    /**
     * How a leader epoch that a client believes in compares with this one: NONE if equal or not given (-1),
     * FENCED_LEADER_EPOCH if the client's is older, UNKNOWN_LEADER_EPOCH if it is newer (KIP-320).
     */
    public ErrorCode checkEpoch(int clientLeaderEpoch) {
        if (clientLeaderEpoch == leaderEpoch || clientLeaderEpoch == LeaderEpochs.NO_EPOCH) {
            return ErrorCode.NONE;
        }
        return clientLeaderEpoch < leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }

    /** Whether fewer replicas are in sync than acks=all asks for; a partition never asks for more than it has. */
    boolean isBelowMinInSync() {
        int required = Math.min(log.config().replicas().minInSync(), followers.size() + 1);
        return isr.committed().size() < required;
    }

    /**
     * The offset up to which all replicas that count have everything, given how far the leader itself has it.
     *
     * @param ownOffset the leader's log end offset, or what it has flushed where only that counts
     */
    long committedOffset(long ownOffset) {
        long committed = ownOffset;
        for (int i = 0; i < followers.size(); i++) {
            ReplicaProgress follower = followers.get(i);
            if (isr.maximal().contains(follower.brokerId())) {
                committed = Math.min(committed, follower.logEndOffset());
            }
        }
        return committed;
    }
}
