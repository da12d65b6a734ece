package io.ottla.controller;

import io.ottla.controller.event.Gather;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.SessionEvent;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.ConfigChangeNode;
import io.ottla.controller.znode.MalformedNodeException;
import io.ottla.protocol.error.StageFailure;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the notifications that settings have changed, and purges old ones as every broker does. State is confined to
 * the session's executor.
 *
 * <p>The listener is given the path below {@code /config}, such as {@code topics/orders} or {@code brokers/<default>},
 * and reads what is there now; so a notification may safely be told twice, and those of before the start are not told.
 */
public final class ConfigChanges {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigChanges.class);
    private static final long EXPIRY_MS = 15 * 60 * 1000;
    private static final long NONE = -1;

    private final ZooKeeperSession session;
    private final Clock clock;
    private final Consumer<String> listener;
    private long lastSeen = NONE;

    /**
     * Follows nothing yet.
     *
     * @param listener told the entity path of each change, on the session's executor
     */
    public ConfigChanges(ZooKeeperSession session, Clock clock, Consumer<String> listener) {
        this.session = session;
        this.clock = clock;
        this.listener = listener;
    }

    /** Follows from now on; settings read after this completes miss no change. */
    public CompletableFuture<Void> start() {
        session.addListener(event -> {
            if (event == SessionEvent.ESTABLISHED) {
                readAgain();
            }
        });
        return watch().thenCompose(names -> {
            lastSeen =
                    names.stream().mapToLong(ConfigChangeNode::sequenceOf).max().orElse(NONE);
            return purge(names);
        });
    }

    private CompletableFuture<List<String>> watch() {
        return session.children(ConfigChangeNode.PARENT, event -> readAgain());
    }

    private void readAgain() {
        var unused = watch().thenCompose(names -> tell(names).thenCompose(told -> purge(names)))
                .exceptionally(failure -> {
                    LOG.warn("Could not follow the changes of settings", StageFailure.cause(failure));
                    return null;
                });
    }

    private CompletableFuture<Void> tell(List<String> names) {
        List<String> unseen = names.stream()
                .filter(name -> ConfigChangeNode.sequenceOf(name) > lastSeen)
                .toList();
        unseen.forEach(name -> lastSeen = Math.max(lastSeen, ConfigChangeNode.sequenceOf(name)));
        return Gather.each(unseen, name -> session.get(ConfigChangeNode.path(name)))
                .thenAccept(nodes -> {
                    for (int i = 0; i < unseen.size(); i++) {
                        tellOne(unseen.get(i), nodes.get(i));
                    }
                });
    }

    private void tellOne(String name, Optional<Node> node) {
        try {
            node.ifPresent(read -> listener.accept(ConfigChangeNode.decode(name, read.data())));
        } catch (MalformedNodeException e) {
            LOG.warn("Passing over a notification that cannot be read", e);
        }
    }

    private CompletableFuture<Void> purge(List<String> names) {
        return Gather.each(names, this::purgeIfOld).thenApply(done -> null);
    }

    private CompletableFuture<Void> purgeIfOld(String name) {
        String path = ConfigChangeNode.path(name);
        return session.exists(path).thenCompose(stat -> {
            boolean old = stat.isPresent() && clock.millis() - stat.get().createdAtMs() > EXPIRY_MS;
            return old ? deleted(path) : CompletableFuture.completedFuture(null);
        });
    }

    private CompletableFuture<Void> deleted(String path) {
        return session.delete(path, ZooKeeperSession.ANY_VERSION)
                .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NO_NODE)
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }
}
