package io.ottla.controller;

import io.ottla.controller.zk.SessionEvent;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.FeatureNode;
import io.ottla.protocol.error.StageFailure;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the finalized features of the cluster, as every broker does. Confined to the session's executor, but for {@link
 * #start}.
 */
public final class FeatureFollower {

    private static final Logger LOG = LoggerFactory.getLogger(FeatureFollower.class);

    private final ZooKeeperSession session;
    private final Consumer<FinalizedFeatures> listener;

    /**
     * Follows nothing yet.
     *
     * @param listener told what holds when it may have changed, on the session's executor
     */
    public FeatureFollower(ZooKeeperSession session, Consumer<FinalizedFeatures> listener) {
        this.session = session;
        this.listener = listener;
    }

    /**
     * Follows from now on; completes when {@code first} has been told what holds now, or fails as it does.
     *
     * @param first in the listener's place
     */
    public CompletableFuture<Void> start(Consumer<FinalizedFeatures> first) {
        session.addListener(event -> {
            if (event == SessionEvent.ESTABLISHED) {
                readAgain();
            }
        });
        return read(first);
    }

    private CompletableFuture<Void> read(Consumer<FinalizedFeatures> told) {
        return session.get(FeatureNode.PATH, event -> readAgain())
                .thenApply(FinalizedFeatures::of)
                .thenAccept(told);
    }

    private void readAgain() {
        var unused = read(listener).exceptionally(failure -> {
            LOG.error("Could not follow the features in {}", FeatureNode.PATH, StageFailure.cause(failure));
            return null;
        });
    }
}
