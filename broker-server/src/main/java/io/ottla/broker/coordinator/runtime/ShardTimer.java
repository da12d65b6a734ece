package io.ottla.broker.coordinator.runtime;

/** Something that will happen later. Confined to the shard's loop. */
public interface ShardTimer {
    /** The time that it waits for, in nanoseconds of the shard's ticker. */
    long deadlineNs();

    /** Makes it not happen, if it has not yet. */
    void cancel();
}
