package io.ottla.broker.coordinator.runtime;

import io.ottla.protocol.record.EndTransactionMarker.Outcome;

/** The end of the transaction that a producer had in the shard's log, if it had one. */
public record TransactionEnd(long producerId, Outcome outcome) implements LogEntry {
    @Override
    public void replayOn(CoordinatorShard shard) {
        shard.replay(this);
    }
}
