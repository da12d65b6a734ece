package io.ottla.controller;

import io.ottla.controller.event.Gather;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.controller.znode.BrokerSequenceNode;
import io.ottla.controller.znode.ClusterIdNode;
import io.ottla.controller.znode.PersistentPaths;
import io.ottla.controller.znode.TopicNode;
import io.ottla.protocol.error.StageFailure;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** What every broker makes sure of in ZooKeeper before it registers. Stateless; any thread. */
public final class ClusterLayout {

    private static final byte[] EMPTY = new byte[0];

    private ClusterLayout() {}

    /** Creates the persistent root nodes that are missing. */
    public static CompletableFuture<Void> createRoots(ZooKeeperSession session) {
        // A cluster that exists has the last of them, and is not asked for each.
        List<String> paths = PersistentPaths.inOrder();
        return session.exists(paths.get(paths.size() - 1))
                .thenCompose(
                        last -> last.isPresent() ? CompletableFuture.completedFuture(null) : createAll(session, paths));
    }

    /** A new cluster gets them in one write, forced to disk once; one that has some of them is completed one by one. */
    private static CompletableFuture<Void> createAll(ZooKeeperSession session, List<String> paths) {
        return session.multi(paths.stream()
                        .map(path -> WriteOperation.create(path, EMPTY))
                        .toList())
                .<Void>thenApply(created -> null)
                .exceptionallyCompose(failure -> ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS)
                        ? Gather.each(paths, path -> createIfMissing(session, path, EMPTY))
                                .thenApply(done -> null)
                        : CompletableFuture.failedFuture(failure));
    }

    /** The cluster's id; this one, if there is none yet. */
    public static CompletableFuture<String> clusterId(ZooKeeperSession session, String ifNew) {
        return session.get(ClusterIdNode.PATH)
                .thenCompose(node -> node.isPresent()
                        ? CompletableFuture.completedFuture(node)
                        : createIfMissing(session, "/cluster", EMPTY)
                                .thenCompose(done ->
                                        createIfMissing(session, ClusterIdNode.PATH, ClusterIdNode.encode(ifNew)))
                                .thenCompose(done -> session.get(ClusterIdNode.PATH)))
                .thenApply(node -> ClusterIdNode.decode(node.orElseThrow().data()));
    }

    /**
     * A broker id that no other broker has been given.
     *
     * @param reservedMax {@code reserved.broker.max.id}: ids up to it are never generated
     */
    public static CompletableFuture<Integer> nextBrokerId(ZooKeeperSession session, int reservedMax) {
        return session.set(BrokerSequenceNode.PATH, EMPTY, ZooKeeperSession.ANY_VERSION)
                .thenApply(stat -> stat.version() + reservedMax);
    }

    /** How many partitions a topic has; empty if there is no such topic. */
    public static CompletableFuture<OptionalInt> partitionCount(ZooKeeperSession session, String topic) {
        String path = TopicNode.path(topic);
        return session.get(path)
                .thenApply(node -> node.isEmpty()
                        ? OptionalInt.empty()
                        : OptionalInt.of(TopicNode.decode(topic, node.get().data())
                                .partitions()
                                .size()));
    }

    private static CompletableFuture<Void> createIfMissing(ZooKeeperSession session, String path, byte[] data) {
        return session.create(path, data, NodeKind.PERSISTENT).handle((created, failure) -> {
            if (failure != null && !ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS)) {
                throw (RuntimeException) StageFailure.cause(failure);
            }
            return null;
        });
    }
}
