package io.ottla.controller.zk;

import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An asynchronous connection to ZooKeeper that outlives its sessions.
 *
 * <p>All methods may be called from any thread. Results, watches and session events are delivered on {@link
 * #executor()} in the order in which ZooKeeper produced them: a watch fires before the result of any later read.
 * Failures are {@link ZooKeeperException}s.
 *
 * <p>Requests that were under way when the connection broke are sent again once it is back. A create may therefore
 * fail with {@code NODE_EXISTS}, and a conditional write with {@code BAD_VERSION} or {@code NO_NODE}, although the
 * first attempt took effect; a caller to whom this matters reads back what is there. Requests of an expired session
 * fail with {@code SESSION_EXPIRED}, and its watches are gone.
 */
public interface ZooKeeperSession extends AutoCloseable {

    /** Version that matches every version of a node. */
    int ANY_VERSION = -1;

    /** The loop on which everything is delivered. */
    EventExecutor executor();

    /**
     * Connects for the first time and creates the chroot if there is one.
     *
     * @return completes when requests can be sent; fails with {@code CONNECTION_TIMEOUT} if no server answers in time
     */
    CompletableFuture<Void> connect();

    /** Id of the established session, 0 while there is none. Any thread. */
    long sessionId();

    /** Adds a listener of session events; it is not told of what happened before. */
    void addListener(SessionListener listener);

    /** Reads a node; empty if it does not exist. */
    CompletableFuture<Optional<Node>> get(String path);

    /** Reads a node and watches it: for change and removal if it exists, otherwise for its creation. */
    CompletableFuture<Optional<Node>> get(String path, NodeWatcher watcher);

    /** Stat of a node; empty if it does not exist. */
    CompletableFuture<Optional<NodeStat>> exists(String path);

    /** As {@link #exists(String)}, watching for creation, change of data and removal. */
    CompletableFuture<Optional<NodeStat>> exists(String path, NodeWatcher watcher);

    /** Names of the children, sorted; fails with {@code NO_NODE} if there is no such node. */
    CompletableFuture<List<String>> children(String path);

    /** As {@link #children(String)}, watching for children that come and go. */
    CompletableFuture<List<String>> children(String path, NodeWatcher watcher);

    /** Creates a node whose parent exists. */
    CompletableFuture<CreatedNode> create(String path, byte[] data, NodeKind kind);

    /** Replaces the data of a node that has this version (or {@link #ANY_VERSION}); returns its new stat. */
    CompletableFuture<NodeStat> set(String path, byte[] data, int expectedVersion);

    /** Deletes a node without children that has this version (or {@link #ANY_VERSION}). */
    CompletableFuture<Void> delete(String path, int expectedVersion);

    /**
     * All of these writes or none. On failure {@link ZooKeeperException#operationIndex()} tells which one was refused.
     *
     * @return one result per write, in their order
     */
    CompletableFuture<List<WriteResult>> multi(List<WriteOperation> operations);

    /** Ends the session, and with it the ephemeral nodes; outstanding requests fail with {@code CLOSED}. Blocks. */
    @Override
    void close();
}
