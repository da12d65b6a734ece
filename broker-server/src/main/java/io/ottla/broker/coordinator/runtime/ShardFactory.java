package io.ottla.broker.coordinator.runtime;

/** Makes the empty shard of a partition, to be loaded next. */
@FunctionalInterface
public interface ShardFactory<S extends CoordinatorShard> {
    S create(ShardContext context);
}
