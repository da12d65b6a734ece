package io.ottla.broker.coordinator.runtime;

/** Which partition's leader coordinates what, and whether it can. Any thread. */
public interface Coordination {

    /** The partition of the coordinator's topic that a key belongs to. */
    int partitionFor(String key);

    /** {@link ShardRuntime#isStalled}. */
    boolean isStalled(int partition);
}
