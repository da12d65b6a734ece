package io.ottla.broker.network;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Ticker;
import io.ottla.broker.config.Endpoint;
import io.ottla.broker.config.SecurityProtocol;
import io.ottla.broker.request.RateLimitedLog;
import io.ottla.broker.request.RequestServices;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners and their connections. {@link #bind} takes the ports, so that what is to be advertised is known; {@link
 * #serve} lets connections in; {@link #close} ends them. These three are called by one thread, in this order.
 */
public final class NetworkServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NetworkServer.class);

    /** How long the sockets may take to close. */
    private static final long CLOSE_TIMEOUT_MS = 500;

    /** Bytes of responses that a client may leave unread before the broker stops reading its requests. */
    private static final WriteBufferWaterMark UNREAD_RESPONSES = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

    private static final int SYSTEM_DEFAULT = -1;

    private final NetworkLoops loops;
    private final NetworkSettings settings;
    private final List<Endpoint> listeners;
    private final String interBrokerListenerName;
    private final ConnectionLimits limits;
    private final Ticker ticker;
    private final RateLimitedLog refusedLog;
    private final RateLimitedLog closedLog;
    private final Set<ConnectionHandler> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong sequence = new AtomicLong();
    private final Map<String, Channel> serverChannels = new LinkedHashMap<>();
    private final IdleSweep idleSweep;
    private volatile @Nullable ConnectionServices services;

    /**
     * @param interBrokerListenerName the listener that lets other brokers in though {@code max.connections} is reached
     * @throws IllegalArgumentException when a listener's security protocol is not available
     */
    public NetworkServer(
            NetworkLoops loops,
            NetworkSettings settings,
            List<Endpoint> listeners,
            String interBrokerListenerName,
            ConnectionLimits limits,
            Ticker ticker) {
        this.loops = loops;
        this.settings = settings;
        this.listeners = List.copyOf(listeners);
        this.interBrokerListenerName = interBrokerListenerName;
        this.limits = limits;
        this.ticker = ticker;
        this.refusedLog = new RateLimitedLog(LOG, ticker);
        this.closedLog = new RateLimitedLog(LOG, ticker);
        this.idleSweep = new IdleSweep(connections, settings.connectionsMaxIdleMs());
        for (Endpoint listener : listeners) {
            if (listener.protocol() != SecurityProtocol.PLAINTEXT) {
                throw new IllegalArgumentException(
                        "listener %s speaks %s, only PLAINTEXT is available".formatted(listener, listener.protocol()));
            }
        }
    }

    /**
     * Takes the ports of all listeners, or of none. Connections wait in the backlog until {@link #serve}.
     *
     * @throws BindException naming the listener when its address cannot be had
     */
    public void bind() throws BindException {
        for (Endpoint listener : listeners) {
            InetSocketAddress address = listener.host().isEmpty()
                    ? new InetSocketAddress(listener.port())
                    : new InetSocketAddress(listener.host(), listener.port());
            if (address.isUnresolved()) {
                closeListeners();
                throw new BindException("cannot listen on " + listener + ": the host has no address");
            }
            ChannelFuture bound = bootstrap(listener).bind(address).awaitUninterruptibly();
            if (!bound.isSuccess()) {
                closeListeners();
                BindException failure = new BindException(
                        "cannot listen on " + listener + ": " + bound.cause().getMessage());
                failure.initCause(bound.cause());
                throw failure;
            }
            serverChannels.put(listener.listenerName(), bound.channel());
        }
    }

    private ServerBootstrap bootstrap(Endpoint listener) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannelType())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_BACKLOG, settings.socketListenBacklogSize())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNREAD_RESPONSES)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(listener, channel);
                    }
                });
        if (settings.socketReceiveBufferBytes() != SYSTEM_DEFAULT) {
            // On the listening socket, because the window scale is settled when a connection is made.
            bootstrap.option(ChannelOption.SO_RCVBUF, settings.socketReceiveBufferBytes());
        }
        if (settings.socketSendBufferBytes() != SYSTEM_DEFAULT) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, settings.socketSendBufferBytes());
        }
        return bootstrap;
    }

    /** On the loop of the accepted channel. TLS will go in front of the connection's handler. */
    @SuppressWarnings("FutureReturnValueIgnored") // A close does not fail.
    private void accept(Endpoint listener, Channel channel) {
        ConnectionServices shared = services;
        if (shared == null || !(channel.remoteAddress() instanceof InetSocketAddress remote)) {
            channel.close();
            return;
        }
        String refusal =
                limits.tryAdd(remote.getAddress(), listener.listenerName().equals(interBrokerListenerName));
        if (refusal != null) {
            refusedLog.warn(() -> "Refused a connection from %s on listener %s: %s"
                    .formatted(remote, listener.listenerName(), refusal));
            channel.close();
            return;
        }
        ConnectionHandler handler = new ConnectionHandler(channel, listener, shared, sequence.getAndIncrement());
        channel.config().setRecvByteBufAllocator(new FrameReadAllocator(handler.frames()));
        channel.pipeline().addLast(handler);
    }

    /** The port that a listener is bound to. */
    public int boundPort(String listenerName) {
        Channel channel = serverChannels.get(listenerName);
        if (channel == null) {
            throw new IllegalArgumentException(
                    "listener " + listenerName + " is not bound, only " + serverChannels.keySet() + " are");
        }
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Lets connections in and their requests through. */
    public void serve(RequestServices requests) {
        services = new ConnectionServices(settings, requests, limits, connections, closedLog, ticker);
        idleSweep.start(loops.executors());
        serverChannels.values().forEach(channel -> channel.config().setAutoRead(true));
    }

    /** Lets no further connection in. */
    public void closeListeners() {
        serverChannels.values().forEach(channel -> channel.close().awaitUninterruptibly());
        serverChannels.clear();
    }

    /**
     * Ends everything: no new connections, no new requests; what is in flight may be answered within the grace, then
     * all connections are closed. Not to be called on a loop.
     */
    public void close(long graceMs) {
        closeListeners();
        idleSweep.stop();
        connections.forEach(ConnectionHandler::closeWhenAnswered);
        awaitNoConnections(graceMs);
        connections.forEach(ConnectionHandler::closeNow);
        awaitNoConnections(CLOSE_TIMEOUT_MS);
    }

    private void awaitNoConnections(long timeoutMs) {
        CompletableFuture<?>[] ends =
                connections.stream().map(ConnectionHandler::ended).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("{} connections are still open after {} ms", connections.size(), timeoutMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a connection cannot fail", e);
        }
    }

    /** {@link #close(long)} without any grace. */
    @Override
    public void close() {
        close(0);
    }
}
