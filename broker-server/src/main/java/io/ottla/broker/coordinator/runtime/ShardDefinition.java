package io.ottla.broker.coordinator.runtime;

/**
 * What kind of coordinator a runtime runs.
 *
 * @param topic the internal topic, for messages
 * @param format the records of that topic
 * @param factory makes its shards
 */
public record ShardDefinition<S extends CoordinatorShard>(
        String topic, RecordFormat format, ShardFactory<S> factory, ShardSettings settings) {}
