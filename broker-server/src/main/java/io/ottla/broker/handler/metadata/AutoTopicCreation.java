package io.ottla.broker.handler.metadata;

import io.netty.util.concurrent.EventExecutor;
import java.util.Collection;
import java.util.concurrent.CompletionStage;

/** Port: creates topics that a client asks for though nobody has created them (auto.create.topics.enable). */
public interface AutoTopicCreation {

    /** Whether auto.create.topics.enable is set; may change while the broker runs. */
    boolean isEnabled();

    /**
     * Asks the controller to create the topics with the defaults of the cluster, internal ones with their own. The stage
     * completes when the controller has answered for all of them; what failed, an existing topic included, shows only in
     * that the topic does not appear. It never fails.
     *
     * @param names valid topic names
     * @param loop where the request came in
     */
    CompletionStage<?> create(Collection<String> names, EventExecutor loop);
}
