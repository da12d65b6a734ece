package io.ottla.broker.bootstrap;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.controller.zk.SessionEvent;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.message.ApiVersionsRequest;
import io.ottla.protocol.message.ApiVersionsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this broker is cut off from everybody, so that what it knows of the cluster is certainly old: ZooKeeper has been
 * silent for longer than the session lasts, and no other broker gives a sign of life. If ZooKeeper is away for everybody, other
 * brokers answer, or the hosts of dead ones refuse; then all goes on. Confined to the control loop, but for {@link #isCutOff}.
 */
final class Isolation {
    private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);
    private static final short VERSION = 2;

    /** How long the others may take to answer. */
    static final long PATIENCE_MS = 3_000;

    private static final long PAUSE_MS = 2_000;

    private final long sessionTimeoutMs;
    private final Supplier<List<Integer>> others;
    private final IntFunction<PeerChannel> ways;
    private final EventExecutor loop;
    private final List<PeerChannel> asked = new ArrayList<>();
    private @Nullable Future<?> next;
    private int round;
    private boolean heard;
    private volatile boolean cutOff;

    /**
     * @param others the brokers of the cluster but this one, as far as is known here
     * @param ways opens a way to one of them, for one request; it is closed here
     */
    Isolation(
            long sessionTimeoutMs, Supplier<List<Integer>> others, IntFunction<PeerChannel> ways, EventExecutor loop) {
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.others = others;
        this.ways = ways;
        this.loop = loop;
    }

    /** Whether nobody at all is heard of. Any thread. */
    boolean isCutOff() {
        return cutOff;
    }

    /**
     * ZooKeeper's session has taken a turn; on the loop. Only a connection is a word of ZooKeeper: that a session has expired is
     * found out by the client's own clock as well.
     */
    void onSessionEvent(SessionEvent event) {
        if (event == SessionEvent.ESTABLISHED || event == SessionEvent.RESUMED) {
            close();
        } else if (next == null) {
            next = loop.schedule(this::ask, sessionTimeoutMs, TimeUnit.MILLISECONDS);
        }
    }

    private void ask() {
        int now = ++round;
        heard = false;
        for (int brokerId : others.get()) {
            PeerChannel way = ways.apply(brokerId);
            asked.add(way);
            way.keepOpen(() -> loop.execute(() -> onWord(now)));
            CompletableFuture<ApiVersionsResponse> answer = way.send(new ApiVersionsRequest(), VERSION);
            var unused = answer.thenRun(() -> loop.execute(() -> onWord(now)));
        }
        next = loop.schedule(this::judge, PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    private void onWord(int of) {
        if (of == round) {
            heard = true;
            become(false);
        }
    }

    private void judge() {
        become(!asked.isEmpty() && !heard);
        hangUp();
        next = loop.schedule(this::ask, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void become(boolean now) {
        if (cutOff == now) {
            return;
        }
        cutOff = now;
        if (now) {
            LOG.warn(
                    "not ready: neither ZooKeeper nor any other broker is heard of; clients that ask for leaders are sent to other"
                            + " brokers");
        } else {
            LOG.info("this broker is not cut off any more");
        }
    }

    private void hangUp() {
        asked.forEach(PeerChannel::close);
        asked.clear();
    }

    /** Asks nobody until ZooKeeper is silent again. On the loop. */
    void close() {
        Future<?> pending = next;
        if (pending != null) {
            pending.cancel(false);
            next = null;
        }
        round++;
        hangUp();
        become(false);
    }
}
