package io.ottla.controller;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.LogDirEventNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the controller that a log directory of this broker has failed: it then asks the broker which partitions are gone
 * with it. Any thread.
 */
public final class LogDirFailures {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirFailures.class);

    private static final long RETRY_MS = 1_000;

    private final ZooKeeperSession session;
    private final int brokerId;
    private final EventExecutor timer;

    public LogDirFailures(ZooKeeperSession session, int brokerId, EventExecutor timer) {
        this.session = session;
        this.brokerId = brokerId;
        this.timer = timer;
    }

    /** Completes when ZooKeeper has the news; tries until it has. */
    public CompletableFuture<Void> announce() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        announce(done);
        return done;
    }

    private void announce(CompletableFuture<Void> done) {
        var unused = session.create(
                        LogDirEventNode.sequencePath(),
                        LogDirEventNode.encode(brokerId),
                        NodeKind.PERSISTENT_SEQUENTIAL)
                .whenComplete((created, failure) -> {
                    if (failure == null) {
                        done.complete(null);
                    } else {
                        retry(done, failure);
                    }
                });
    }

    private void retry(CompletableFuture<Void> done, Throwable failure) {
        LOG.warn("the failure of a log directory could not be announced: {}", failure.toString());
        var unused = timer.schedule(() -> announce(done), RETRY_MS, TimeUnit.MILLISECONDS);
    }
}
