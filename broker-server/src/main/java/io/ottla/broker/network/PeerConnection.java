package io.ottla.broker.network;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MalformedMessageException;
import io.ottla.protocol.schema.MessageParts;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to another broker, opened by the first request, or by {@link #keepOpen}, and again by the next one after it
 * broke. State is confined to one network loop, on which the futures complete and refusals are told; the methods may be
 * called from any thread.
 *
 * <p>Requests are written as they come and answered in order. Those that come while there is no connection wait for the
 * attempt to connect, and fail with it. A response that is late, or that cannot be understood, ends the connection, since
 * nothing after it can be trusted; all that is in flight fails then. Pauses between attempts double from
 * {@value #BACKOFF_MIN_MS} to {@value #BACKOFF_MAX_MS} ms; the first attempt after a lasting connection is made at once.
 */
final class PeerConnection implements PeerChannel {

    private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);

    private static final long BACKOFF_MIN_MS = 20;
    private static final long BACKOFF_MAX_MS = 500;
    /** A connection that lived for less is no reason to connect again without a pause. */
    private static final long LASTING_NS = TimeUnit.MILLISECONDS.toNanos(BACKOFF_MAX_MS);

    private static final int SYSTEM_DEFAULT = -1;

    private enum State {
        /** No connection and no reason to have one. */
        IDLE,
        CONNECTING,
        CONNECTED,
        /** An attempt has failed; the next one is scheduled. */
        PAUSING,
        CLOSED
    }

    private final PeerConnections connections;
    private final EventLoop loop;
    private final String host;
    private final int port;
    private final PeerSettings settings;
    private final PeerRequests requests;

    private State state = State.IDLE;
    private @Nullable Channel channel;
    private @Nullable Runnable onRefused;
    private long connectedAtNs;
    private long nextPauseMs;
    private boolean flushScheduled;
    private boolean deadlineArmed;

    /** {@link PeerConnections#open}. */
    PeerConnection(PeerConnections connections, EventExecutor loop, String host, int port, PeerSettings settings) {
        this.connections = connections;
        this.loop = (EventLoop) loop;
        this.host = host;
        this.port = port;
        this.settings = settings;
        this.requests = new PeerRequests(loop.ticker(), settings);
    }

    @Override
    @SuppressWarnings("unchecked") // The response class belongs to the request's API.
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        PeerRequests.Pending pending = requests.pending(request, version);
        if (!onLoop(() -> accept(pending))) {
            pending.response().completeExceptionally(unreachable("the event loop has ended"));
        }
        return (CompletableFuture<R>) pending.response();
    }

    @Override
    public void keepOpen(Runnable refused) {
        var unused = onLoop(() -> {
            onRefused = refused;
            if (state == State.IDLE) {
                connect();
            }
        });
    }

    @Override
    public void close() {
        var unused = onLoop(() -> {
            if (state != State.CLOSED) {
                state = State.CLOSED;
                dropChannel();
                requests.failAll(unreachable("the connection was closed on this side"));
            }
        });
    }

    /** False if the loop has ended, and with it all that there could be to do. */
    private boolean onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return true;
        }
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.trace("The event loop of the connection to {}:{} has ended", host, port, e);
            return false;
        }
    }

    private void accept(PeerRequests.Pending pending) {
        if (state == State.CLOSED) {
            pending.response().completeExceptionally(unreachable("the connection was closed on this side"));
        } else if (requests.isFull()) {
            pending.response()
                    .completeExceptionally(unreachable(settings.maxInFlight() + " requests are in flight already"));
        } else {
            requests.add(pending);
            armDeadline(requests.headDelayNs());
            if (state == State.CONNECTED) {
                write(pending);
            } else if (state == State.IDLE) {
                connect();
            }
        }
    }

    // --- connecting

    private void connect() {
        state = State.CONNECTING;
        PeerConnectionHandler handler =
                new PeerConnectionHandler(this, connections.allocator(), settings.maxResponseBytes());
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(connections.channelType())
                .resolver(connections.resolver())
                .option(ChannelOption.ALLOCATOR, connections.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.connectTimeoutMs())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        opened.config().setRecvByteBufAllocator(new FrameReadAllocator(handler.frames()));
                        opened.pipeline().addLast(handler);
                    }
                });
        if (settings.socketReceiveBufferBytes() != SYSTEM_DEFAULT) {
            bootstrap.option(ChannelOption.SO_RCVBUF, settings.socketReceiveBufferBytes());
        }
        ChannelFuture connecting = bootstrap.connect(InetSocketAddress.createUnresolved(host, port));
        channel = connecting.channel();
        var unused = connecting.addListener(done -> onConnected(connecting));
    }

    private void onConnected(ChannelFuture attempt) {
        if (!isCurrent(attempt.channel())) {
            return;
        }
        if (attempt.isSuccess()) {
            state = State.CONNECTED;
            connectedAtNs = loop.ticker().nanoTime();
            requests.forEachUnwritten(this::write);
            return;
        }
        Throwable cause = attempt.cause();
        dropChannel();
        pause();
        requests.failAll(unreachable("cannot connect: " + cause.getMessage()));
        Runnable refused = onRefused;
        if (refused != null && isRefusal(cause)) {
            refused.run();
        }
    }

    /** The transports say it by the system's message only. */
    private static boolean isRefusal(Throwable cause) {
        return cause instanceof ConnectException
                && !(cause instanceof ConnectTimeoutException)
                && String.valueOf(cause.getMessage()).contains("Connection refused");
    }

    /** Holds back the next attempt, which is made if there is somebody to make it for. */
    private void pause() {
        state = State.PAUSING;
        long pauseMs = nextPauseMs;
        nextPauseMs = Math.min(Math.max(pauseMs * 2, BACKOFF_MIN_MS), BACKOFF_MAX_MS);
        var unused = loop.schedule(
                () -> {
                    if (state == State.PAUSING) {
                        state = State.IDLE;
                        if (onRefused != null || !requests.isEmpty()) {
                            connect();
                        }
                    }
                },
                pauseMs,
                TimeUnit.MILLISECONDS);
    }

    // --- requests out

    private void write(PeerRequests.Pending pending) {
        Channel open = channel;
        if (open == null) {
            return;
        }
        MessageParts frame;
        try {
            frame = requests.encode(pending, open.alloc());
        } catch (RuntimeException e) {
            LOG.error("The request {} to {}:{} cannot be encoded", pending.key(), host, port, e);
            requests.remove(pending);
            pending.response().completeExceptionally(e);
            return;
        }
        for (Object part : frame.parts()) {
            var unused = open.write(part, open.voidPromise());
        }
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        if (channel != null) {
            channel.flush();
        }
    }

    // --- responses in, called by the handler of the channel

    void onFrame(Channel from, ByteBuf frame) {
        if (!isCurrent(from)) {
            return;
        }
        try {
            requests.onResponse(frame);
        } catch (MalformedMessageException e) {
            LOG.warn("Closed the connection to {}:{}: {}", host, port, e.getMessage());
            breakOff(String.valueOf(e.getMessage()));
        }
    }

    void onBroken(Channel from, String why) {
        if (isCurrent(from)) {
            breakOff(why);
        }
    }

    private boolean isCurrent(Channel of) {
        return channel == of;
    }

    private void breakOff(String why) {
        if (state == State.CONNECTED && loop.ticker().nanoTime() - connectedAtNs > LASTING_NS) {
            nextPauseMs = 0;
        }
        dropChannel();
        pause();
        requests.failAll(unreachable(why));
    }

    private void dropChannel() {
        Channel dropped = channel;
        channel = null;
        if (dropped != null) {
            var unused = dropped.close();
        }
    }

    private PeerUnreachableException unreachable(String why) {
        return new PeerUnreachableException("broker at " + host + ":" + port + ": " + why);
    }

    // --- time

    /** One timer serves all requests, since they have the same timeout and are answered in order. */
    private void armDeadline(long delayNs) {
        if (!deadlineArmed) {
            deadlineArmed = true;
            var unused = loop.schedule(this::checkDeadline, delayNs, TimeUnit.NANOSECONDS);
        }
    }

    private void checkDeadline() {
        deadlineArmed = false;
        if (requests.isEmpty()) {
            return;
        }
        long delayNs = requests.headDelayNs();
        if (delayNs > 0) {
            armDeadline(delayNs);
        } else if (state == State.PAUSING) {
            requests.failAll(unreachable("no connection within " + settings.requestTimeoutMs() + " ms"));
        } else {
            breakOff("no response within " + settings.requestTimeoutMs() + " ms");
        }
    }
}
