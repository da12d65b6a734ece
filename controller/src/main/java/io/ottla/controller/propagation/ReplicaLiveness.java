package io.ottla.controller.propagation;

import io.ottla.protocol.api.TopicPartition;

/** What brokers are told about which replicas are offline. Asked on the controller's executor. */
@FunctionalInterface
public interface ReplicaLiveness {

    /** Whether the broker is live and will stay, and the replica's disk has not failed. */
    boolean isOnline(int brokerId, TopicPartition partition);
}
