package io.ottla.broker.coordinator.runtime;

/** What a shard's log says, in its order. */
sealed interface LogEntry permits CoordinatorRecord, TransactionalRecord, TransactionEnd {
    /** Changes the state of a shard as the entry says. */
    void replayOn(CoordinatorShard shard);
}
