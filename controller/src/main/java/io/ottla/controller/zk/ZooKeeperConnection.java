package io.ottla.controller.zk;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.error.StageFailure;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session port on ZooKeeper's own client. State is confined to the executor; ZooKeeper's threads only hand over.
 *
 * <p>The chroot is put before the paths here rather than by the client, so that it can be created over the very session
 * that will use it. An expired session is replaced for ever; a client that cannot even be made is tried again with
 * back-off.
 */
public final class ZooKeeperConnection implements ZooKeeperSession {

    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperConnection.class);
    private static final long FIRST_BACKOFF_MS = 100;
    private static final long MAX_BACKOFF_MS = 10_000;

    private enum Link {
        IDLE,
        CONNECTING,
        CONNECTED,
        SUSPENDED,
        CLOSED
    }

    private final ZooKeeperSettings settings;
    private final String chroot;
    private final EventExecutor executor;
    private final List<SessionListener> listeners = new ArrayList<>();
    /** Requests not sent yet, oldest first; bounded by those who ask, each of whom waits for the answer. */
    private final ArrayDeque<ZooKeeperRequest<?>> waiting = new ArrayDeque<>();
    /** Requests whose connection broke, in the order in which they were sent. */
    private final List<ZooKeeperRequest<?>> interrupted = new ArrayList<>();

    private final CompletableFuture<Void> firstConnection = new CompletableFuture<>();
    private Link link = Link.IDLE;
    private int inFlight;
    private int generation;
    private long backoffMs = FIRST_BACKOFF_MS;
    private volatile @Nullable ZooKeeper client;
    private volatile long sessionId;

    /** Does nothing until {@link #connect()}. */
    public ZooKeeperConnection(ZooKeeperSettings settings, EventExecutor executor) {
        this.settings = settings;
        this.chroot = settings.chroot();
        this.executor = executor;
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

    @Override
    public CompletableFuture<Void> connect() {
        onLoop(() -> {
            if (link == Link.IDLE) {
                openSession();
                var unused = executor.schedule(
                        this::onFirstConnectionDeadline, settings.connectionTimeoutMs(), TimeUnit.MILLISECONDS);
            }
        });
        return firstConnection;
    }

    private void onFirstConnectionDeadline() {
        if (!firstConnection.isDone()) {
            firstConnection.completeExceptionally(new ZooKeeperException(
                    ZooKeeperError.CONNECTION_TIMEOUT,
                    "/",
                    "no ZooKeeper server answered at " + settings.hosts() + " within zookeeper.connection.timeout.ms "
                            + settings.connectionTimeoutMs()));
        }
    }

    /** A fresh client; called for the first session and after every expiry. */
    private void openSession() {
        if (link == Link.CLOSED) {
            return;
        }
        link = Link.CONNECTING;
        int opened = ++generation;
        try {
            client = new ZooKeeper(
                    settings.hosts(),
                    settings.sessionTimeoutMs(),
                    event -> handOver(() -> onSessionState(opened, event)),
                    clientConfig());
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot open a ZooKeeper client for {}, next attempt in {} ms", settings.hosts(), backoffMs, e);
            var unused = executor.schedule(this::openSession, backoffMs, TimeUnit.MILLISECONDS);
            backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS);
        }
    }

    /** Without a JAAS login there is nothing to negotiate, and the client need not resolve host names backwards. */
    private static ZKClientConfig clientConfig() {
        ZKClientConfig config = new LeanClientConfig();
        if (System.getProperty("java.security.auth.login.config") == null) {
            config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        }
        return config;
    }

    private void onSessionState(int of, WatchedEvent event) {
        if (of != generation || link == Link.CLOSED || event.getType() != EventType.None) {
            return;
        }
        switch (event.getState()) {
            case SyncConnected -> onConnected();
            case Disconnected -> onDisconnected();
            case Expired -> onExpired();
            case AuthFailed -> LOG.error("ZooKeeper at {} refused the broker's credentials", settings.hosts());
            default -> LOG.debug("ZooKeeper session state {}", event.getState());
        }
    }

    private void onConnected() {
        boolean established = link == Link.CONNECTING;
        link = Link.CONNECTED;
        backoffMs = FIRST_BACKOFF_MS;
        ZooKeeper current = client;
        sessionId = current == null ? 0 : current.getSessionId();
        LOG.debug("ZooKeeper session 0x{} {}", Long.toHexString(sessionId), established ? "established" : "resumed");
        for (int i = interrupted.size() - 1; i >= 0; i--) {
            waiting.addFirst(interrupted.get(i));
        }
        interrupted.clear();
        sendWaiting();
        if (firstConnection.isDone() || !established) {
            tell(established ? SessionEvent.ESTABLISHED : SessionEvent.RESUMED);
        } else {
            createChroot(1);
        }
    }

    /** Creates the ancestors of the chroot that end at or after this index, then the chroot; then opens for use. */
    private void createChroot(int from) {
        if (from > chroot.length()) {
            firstConnection.complete(null);
            tell(SessionEvent.ESTABLISHED);
            return;
        }
        int slash = chroot.indexOf('/', from);
        int end = slash < 0 ? chroot.length() : slash;
        var unused = submit(ZooKeeperRequest.create(chroot.substring(0, end), new byte[0], NodeKind.PERSISTENT))
                .whenComplete((created, failure) -> {
                    if (failure == null || ZooKeeperException.is(failure, ZooKeeperError.NODE_EXISTS)) {
                        createChroot(end + 1);
                    } else {
                        firstConnection.completeExceptionally(StageFailure.cause(failure));
                    }
                });
    }

    private void onDisconnected() {
        link = Link.SUSPENDED;
        LOG.warn(
                "Connection to ZooKeeper at {} is lost; session 0x{} is kept alive for {} ms",
                settings.hosts(),
                Long.toHexString(sessionId),
                settings.sessionTimeoutMs());
        tell(SessionEvent.SUSPENDED);
    }

    private void onExpired() {
        LOG.warn("ZooKeeper session 0x{} has expired; opening a new one", Long.toHexString(sessionId));
        sessionId = 0;
        inFlight = 0;
        // Listeners first: they know then why the requests that fail next have failed.
        tell(SessionEvent.EXPIRED);
        failAll(ZooKeeperError.SESSION_EXPIRED, "the session has expired");
        openSession();
    }

    private void failAll(ZooKeeperError error, String why) {
        List<ZooKeeperRequest<?>> failed = new ArrayList<>(interrupted);
        failed.addAll(waiting);
        interrupted.clear();
        waiting.clear();
        failed.forEach(request -> request.fail(error, why));
    }

    private void tell(SessionEvent event) {
        List.copyOf(listeners).forEach(listener -> listener.onSessionEvent(event));
    }

    private <T> CompletableFuture<T> submit(ZooKeeperRequest<T> request) {
        onLoop(() -> {
            if (link == Link.CLOSED) {
                request.fail(ZooKeeperError.CLOSED, "the connection is closed");
                return;
            }
            waiting.addLast(request);
            sendWaiting();
        });
        return request.result();
    }

    private void sendWaiting() {
        ZooKeeper current = client;
        while (link == Link.CONNECTED && current != null && inFlight < settings.maxInFlight() && !waiting.isEmpty()) {
            send(current, waiting.removeFirst());
        }
    }

    private <T> void send(ZooKeeper current, ZooKeeperRequest<T> request) {
        inFlight++;
        int of = generation;
        request.send(current, outcome -> handOver(() -> onOutcome(of, request, outcome)));
    }

    private <T> void onOutcome(int of, ZooKeeperRequest<T> request, ZooKeeperRequest.Outcome<T> outcome) {
        if (of != generation) {
            // The session that the request was sent in is over, whatever its answer says of the connection.
            request.fail(ZooKeeperError.SESSION_EXPIRED, "the session has expired");
            return;
        }
        inFlight--;
        if (outcome.code() == Code.CONNECTIONLOSS && link != Link.CLOSED) {
            link = Link.SUSPENDED;
            interrupted.add(request);
        } else {
            request.complete(outcome);
        }
        sendWaiting();
    }

    @Override
    public CompletableFuture<Optional<Node>> get(String path) {
        return submit(ZooKeeperRequest.get(chroot + path, null));
    }

    @Override
    public CompletableFuture<Optional<Node>> get(String path, NodeWatcher watcher) {
        // A read that finds no node leaves no watch behind; the existence of the node is watched in its place.
        return submit(ZooKeeperRequest.get(chroot + path, watch(path, watcher)))
                .thenCompose(found -> found.isPresent()
                        ? CompletableFuture.completedFuture(found)
                        : exists(path, watcher)
                                .thenCompose(stat -> stat.isPresent()
                                        ? get(path)
                                        : CompletableFuture.completedFuture(Optional.empty())));
    }

    @Override
    public CompletableFuture<Optional<NodeStat>> exists(String path) {
        return submit(ZooKeeperRequest.exists(chroot + path, null));
    }

    @Override
    public CompletableFuture<Optional<NodeStat>> exists(String path, NodeWatcher watcher) {
        return submit(ZooKeeperRequest.exists(chroot + path, watch(path, watcher)));
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
        return submit(ZooKeeperRequest.children(chrooted(path), null));
    }

    @Override
    public CompletableFuture<List<String>> children(String path, NodeWatcher watcher) {
        return submit(ZooKeeperRequest.children(chrooted(path), watch(path, watcher)));
    }

    @Override
    public CompletableFuture<CreatedNode> create(String path, byte[] data, NodeKind kind) {
        return submit(ZooKeeperRequest.create(chroot + path, data, kind))
                .thenApply(created -> new CreatedNode(created.path().substring(chroot.length()), created.stat()));
    }

    @Override
    public CompletableFuture<NodeStat> set(String path, byte[] data, int expectedVersion) {
        return submit(ZooKeeperRequest.set(chroot + path, data, expectedVersion));
    }

    @Override
    public CompletableFuture<Void> delete(String path, int expectedVersion) {
        return submit(ZooKeeperRequest.delete(chroot + path, expectedVersion));
    }

    @Override
    public CompletableFuture<List<WriteResult>> multi(List<WriteOperation> operations) {
        return submit(ZooKeeperRequest.multi(chroot, List.copyOf(operations)));
    }

    private String chrooted(String path) {
        return path.equals("/") && !chroot.isEmpty() ? chroot : chroot + path;
    }

    private Watcher watch(String path, NodeWatcher watcher) {
        return event -> {
            NodeEvent.Type type = ZooKeeperRequest.typeOf(event);
            if (type != null) {
                handOver(() -> {
                    if (link != Link.CLOSED) {
                        watcher.onEvent(new NodeEvent(path, type));
                    }
                });
            }
        };
    }

    private void onLoop(Runnable task) {
        if (executor.inEventLoop()) {
            task.run();
        } else {
            executor.execute(task);
        }
    }

    /** From ZooKeeper's threads; during shutdown the executor may be gone already, and nobody waits any more. */
    private void handOver(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("Dropped a ZooKeeper event after shutdown", e);
        }
    }

    @Override
    public void close() {
        onLoop(() -> {
            link = Link.CLOSED;
            failAll(ZooKeeperError.CLOSED, "the connection is closed");
            firstConnection.completeExceptionally(
                    new ZooKeeperException(ZooKeeperError.CLOSED, "/", "the connection is closed"));
        });
        ZooKeeper current = client;
        client = null;
        sessionId = 0;
        if (current != null) {
            try {
                current.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
