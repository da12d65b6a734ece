package io.ottla.broker.coordinator.group;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where in the cluster coordinators are: the leaders of the internal topics' partitions. Any thread. */
public interface CoordinatorDirectory {
    /** A broker as a client reaches it. */
    record Node(int id, String host, int port) {}

    /** Whether the internal topic is known. */
    boolean exists(String internalTopic);

    /** The live leader of a partition on the listener a client came by; null if there is none. */
    @Nullable
    Node leader(String internalTopic, int partition, String listenerName);

    /** Creates the internal topic; completes when it is known here, and fails if it cannot be created now. */
    CompletionStage<?> create(String internalTopic);
}
