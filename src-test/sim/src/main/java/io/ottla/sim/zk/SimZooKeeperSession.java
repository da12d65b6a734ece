package io.ottla.sim.zk;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.controller.zk.CreatedNode;
import io.ottla.controller.zk.Node;
import io.ottla.controller.zk.NodeEvent;
import io.ottla.controller.zk.NodeKind;
import io.ottla.controller.zk.NodeStat;
import io.ottla.controller.zk.NodeWatcher;
import io.ottla.controller.zk.SessionEvent;
import io.ottla.controller.zk.SessionListener;
import io.ottla.controller.zk.WriteOperation;
import io.ottla.controller.zk.WriteResult;
import io.ottla.controller.zk.ZooKeeperError;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.World;
import io.ottla.sim.zk.SimZooKeeper.ServerSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The client of one process. As {@code ZooKeeperConnection} does over the real client, it sends what a broken connection has
 * interrupted again, first of all, and replaces an expired session for ever.
 */
public final class SimZooKeeperSession implements ZooKeeperSession {
    private static final long RETRY_MIN_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long RETRY_MAX_NS = TimeUnit.MILLISECONDS.toNanos(1_000);
    private static final int PINGS_PER_TIMEOUT = 3;

    private final SimZooKeeper zooKeeper;
    private final World world;
    private final SimProcess process;
    private final EventExecutor executor;
    private final long timeoutNs;
    private final List<SessionListener> listeners = new ArrayList<>();
    private final ArrayDeque<Request<?>> waiting = new ArrayDeque<>();
    private final ArrayDeque<Request<?>> inFlight = new ArrayDeque<>();
    private final CompletableFuture<Void> firstConnection = new CompletableFuture<>();
    private @Nullable ZkLink link;
    private long sessionId;
    /** Counts sessions: what belongs to an earlier one is void. */
    private int generation;

    private boolean closed;

    private static final class Request<T> {
        final String path;
        final Function<ServerSession, T> action;
        final CompletableFuture<T> result = new CompletableFuture<>();

        Request(String path, Function<ServerSession, T> action) {
            this.path = path;
            this.action = action;
        }

        void fail(ZooKeeperError error) {
            result.completeExceptionally(new ZooKeeperException(error, path, path + ": " + error));
        }
    }

    SimZooKeeperSession(SimZooKeeper zooKeeper, SimProcess process, EventExecutor executor, long timeoutMs) {
        this.zooKeeper = zooKeeper;
        this.world = zooKeeper.world();
        this.process = process;
        this.executor = executor;
        this.timeoutNs = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    SimProcess process() {
        return process;
    }

    @Override
    public EventExecutor executor() {
        return executor;
    }

    @Override
    public long sessionId() {
        return sessionId;
    }

    @Override
    public void addListener(SessionListener listener) {
        onLoop(() -> listeners.add(listener));
    }

    /** Whether there is a connection now. */
    public boolean isConnected() {
        ZkLink current = link;
        return current != null && current.isOpen();
    }

    @Override
    public CompletableFuture<Void> connect() {
        onLoop(this::reconnect);
        return firstConnection;
    }

    private void onLoop(Runnable task) {
        if (executor.inEventLoop()) {
            task.run();
        } else {
            executor.execute(task);
        }
    }

    /** From the link: something of the session that is open. */
    void deliver(Runnable task) {
        int of = generation;
        executor.execute(() -> {
            if (of == generation && !closed) {
                task.run();
            }
        });
    }

    void onBroken(ZkLink broken) {
        executor.execute(() -> {
            if (link == broken && !closed) {
                link = null;
                while (!inFlight.isEmpty()) {
                    waiting.addFirst(inFlight.removeLast());
                }
                tell(SessionEvent.SUSPENDED);
                reconnect();
            }
        });
    }

    private void reconnect() {
        world.after(world.delayNs(RETRY_MIN_NS, RETRY_MAX_NS), "zk connect", () -> {
            if (process.isDead() || closed) {
                return;
            }
            boolean reachable = !process.isPaused()
                    && !zooKeeper.network().isCut(process.host(), SimZooKeeper.HOST)
                    && !zooKeeper.network().isCut(SimZooKeeper.HOST, process.host());
            if (reachable) {
                handshake();
            } else {
                reconnect();
            }
        });
    }

    /** At the ensemble: the session goes on, or is over, or is a new one. */
    private void handshake() {
        if (sessionId == 0) {
            ServerSession opened = zooKeeper.open(process, timeoutNs);
            attach(opened, SessionEvent.ESTABLISHED);
            return;
        }
        ServerSession resumed = zooKeeper.resume(sessionId, null);
        if (resumed == null) {
            executor.execute(this::onExpired);
        } else {
            attach(resumed, SessionEvent.RESUMED);
        }
    }

    private void attach(ServerSession session, SessionEvent event) {
        ZkLink opened = new ZkLink(zooKeeper, this, session);
        zooKeeper.resume(session.id(), opened);
        opened.keepAlive(timeoutNs / PINGS_PER_TIMEOUT);
        executor.execute(() -> {
            if (closed) {
                return;
            }
            link = opened;
            sessionId = session.id();
            if (!opened.isOpen()) {
                onBroken(opened);
                return;
            }
            zooKeeper.deliverMissed(session, opened);
            sendWaiting();
            firstConnection.complete(null);
            tell(event);
        });
    }

    private void onExpired() {
        if (closed) {
            return;
        }
        process.note("ZooKeeper session has expired");
        sessionId = 0;
        generation++;
        // Listeners first: they know then why the requests that fail next have failed.
        tell(SessionEvent.EXPIRED);
        List<Request<?>> failed = new ArrayList<>(waiting);
        waiting.clear();
        failed.forEach(request -> request.fail(ZooKeeperError.SESSION_EXPIRED));
        reconnect();
    }

    private void tell(SessionEvent event) {
        List.copyOf(listeners).forEach(listener -> listener.onSessionEvent(event));
    }

    private <T> CompletableFuture<T> submit(String path, Function<ServerSession, T> action) {
        Request<T> request = new Request<>(path, action);
        onLoop(() -> {
            if (closed) {
                request.fail(ZooKeeperError.CLOSED);
            } else {
                waiting.add(request);
                sendWaiting();
            }
        });
        return request.result;
    }

    private void sendWaiting() {
        ZkLink current = link;
        while (current != null && current.isOpen() && !waiting.isEmpty()) {
            send(current, waiting.remove());
        }
    }

    private <T> void send(ZkLink current, Request<T> request) {
        inFlight.add(request);
        current.sendUp(session -> zooKeeper.serve(session, current, request.action, new ZkLink.Answer<>() {
            @Override
            public void onResult(T result) {
                if (inFlight.remove(request)) {
                    request.result.complete(result);
                }
            }

            @Override
            public void onFailure(ZooKeeperException failure) {
                if (inFlight.remove(request)) {
                    request.result.completeExceptionally(failure);
                }
            }
        }));
    }

    @Override
    public CompletableFuture<Optional<Node>> get(String path) {
        return submit(path, session -> session.tree().get(path));
    }

    @Override
    public CompletableFuture<Optional<Node>> get(String path, NodeWatcher watcher) {
        Watching watching = new Watching(watcher);
        return watching.armedBy(submit(path, session -> {
            session.watchNode(path, watching);
            return session.tree().get(path);
        }));
    }

    /** Hears nothing before its read was answered, as the real client's watches, and one event after. */
    private static final class Watching implements NodeWatcher {
        private final NodeWatcher watcher;
        private boolean armed;

        Watching(NodeWatcher watcher) {
            this.watcher = watcher;
        }

        <T> CompletableFuture<T> armedBy(CompletableFuture<T> read) {
            return read.whenComplete((result, failure) -> armed = failure == null);
        }

        @Override
        public void onEvent(NodeEvent event) {
            if (armed) {
                armed = false;
                watcher.onEvent(event);
            }
        }
    }

    @Override
    public CompletableFuture<Optional<NodeStat>> exists(String path) {
        return get(path).thenApply(found -> found.map(Node::stat));
    }

    @Override
    public CompletableFuture<Optional<NodeStat>> exists(String path, NodeWatcher watcher) {
        return get(path, watcher).thenApply(found -> found.map(Node::stat));
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
        return submit(path, session -> session.tree().children(path));
    }

    @Override
    public CompletableFuture<List<String>> children(String path, NodeWatcher watcher) {
        Watching watching = new Watching(watcher);
        return watching.armedBy(submit(path, session -> {
            List<String> found = session.tree().children(path);
            session.watchChildren(path, watching);
            return found;
        }));
    }

    @Override
    public CompletableFuture<CreatedNode> create(String path, byte[] data, NodeKind kind) {
        return submit(path, session -> session.tree().create(path, data, kind, session.id()));
    }

    @Override
    public CompletableFuture<NodeStat> set(String path, byte[] data, int expectedVersion) {
        return submit(path, session -> session.tree().set(path, data, expectedVersion));
    }

    @Override
    public CompletableFuture<Void> delete(String path, int expectedVersion) {
        return submit(path, session -> {
                    session.tree().delete(path, expectedVersion);
                    return path;
                })
                .thenAccept(deleted -> {});
    }

    @Override
    public CompletableFuture<List<WriteResult>> multi(List<WriteOperation> operations) {
        List<WriteOperation> all = List.copyOf(operations);
        String first = all.isEmpty() ? "/" : all.get(0).path();
        return submit(first, session -> session.tree().multi(all, session.id()));
    }

    /** Ends the session at once. */
    @Override
    public void close() {
        closed = true;
        ServerSession session = zooKeeper.resume(sessionId, null);
        if (session != null) {
            zooKeeper.end(session);
        }
        List<Request<?>> failed = new ArrayList<>(inFlight);
        failed.addAll(waiting);
        inFlight.clear();
        waiting.clear();
        failed.forEach(request -> request.fail(ZooKeeperError.CLOSED));
    }
}
