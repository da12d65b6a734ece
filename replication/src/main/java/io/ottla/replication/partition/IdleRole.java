package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.log.PartitionLog;
import org.jspecify.annotations.Nullable;

/**
 * Hosted, but not told yet whom to follow, or told to stop.
 *
 * @param log null before the first order of the controller
 */
public record IdleRole(int leaderEpoch, @Nullable PartitionLog log) implements Role {

    static final IdleRole NEW = new IdleRole(NO_LEADER_EPOCH, null);

    @Override
    public ErrorCode leaderError() {
        return ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }
}
