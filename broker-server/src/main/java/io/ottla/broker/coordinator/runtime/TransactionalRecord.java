package io.ottla.broker.coordinator.runtime;

/**
 * A record that is part of a producer's transaction: it counts once a {@link TransactionEnd} of that producer commits it.
 */
public record TransactionalRecord(long producerId, CoordinatorRecord record) implements LogEntry {
    @Override
    public void replayOn(CoordinatorShard shard) {
        shard.replay(this);
    }
}
