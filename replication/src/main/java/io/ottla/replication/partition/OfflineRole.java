package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.log.PartitionLog;
import org.jspecify.annotations.Nullable;

/** The log directory of the replica has failed; only a restart of the broker changes that. */
public record OfflineRole(int leaderEpoch) implements Role {

    @Override
    public @Nullable PartitionLog log() {
        return null;
    }

    @Override
    public ErrorCode leaderError() {
        return ErrorCode.KAFKA_STORAGE_ERROR;
    }
}
