package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.log.PartitionLog;

/**
 * A replica that copies from a leader on another broker.
 *
 * @param leaderId the broker to copy from, -1 while the partition has no leader
 */
public record FollowerRole(int leaderEpoch, int leaderId, PartitionLog log) implements Role {

    @Override
    public ErrorCode leaderError() {
        return ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }
}
