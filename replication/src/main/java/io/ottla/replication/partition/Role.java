package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.epoch.LeaderEpochs;
import io.ottla.storage.log.PartitionLog;
import org.jspecify.annotations.Nullable;

/**
 * What a replica on this broker is to its partition. The reference to the role is volatile in its {@link Partition}; what
 * a role exposes to readers is immutable or volatile, the rest is confined to the home loop.
 */
public sealed interface Role permits LeaderRole, FollowerRole, IdleRole, OfflineRole {

    /** Below every epoch of a leader. */
    int NO_LEADER_EPOCH = -1;

    /** The leader epoch in which this role was taken, or {@link #NO_LEADER_EPOCH}. */
    int leaderEpoch();

    /** The replica's log; null where it has none that works. */
    @Nullable
    PartitionLog log();

    /** What a request gets that only a leader can serve; NONE from the leader. */
    ErrorCode leaderError();

    /** What a fetch of a consumer gets that any replica may serve; NONE from leader and followers (KIP-392). */
    default ErrorCode replicaError() {
        return leaderError();
    }

    /**
     * How a leader epoch that a client believes in compares with this one: NONE if equal or not given (-1),
     * FENCED_LEADER_EPOCH if the client's is older, UNKNOWN_LEADER_EPOCH if it is newer (KIP-320).
     */
    default ErrorCode checkEpoch(int clientLeaderEpoch) {
        if (clientLeaderEpoch == leaderEpoch() || clientLeaderEpoch == LeaderEpochs.NO_EPOCH) {
            return ErrorCode.NONE;
        }
        return clientLeaderEpoch < leaderEpoch() ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }
}
