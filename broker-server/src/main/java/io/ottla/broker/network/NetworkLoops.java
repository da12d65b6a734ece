package io.ottla.broker.network;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The event loops, {@code num.network.threads} of them: every connection of every listener belongs to one, and so does
 * every partition. Immutable; owns the threads.
 */
public final class NetworkLoops implements AutoCloseable {

    /** How long the loops may take to finish what they are running when they are closed. */
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    /**
     * Buffers are cut from chunks of pages: 8 KiB shifted by 9 is 4 MiB, which holds a few produces of the usual largest
     * size. What a chunk has not handed out yet takes no memory of the machine.
     */
    private static final int PAGE_BYTES = 8 * 1024;

    private static final int CHUNK_ORDER = 9;
    private static final int SMALL_CACHE_ENTRIES = 256;
    private static final int NORMAL_CACHE_ENTRIES = 64;

    private final Transport transport;
    private final EventExecutor alarms;
    private final EventLoopGroup group;
    private final List<EventExecutor> executors;
    private final ByteBufAllocator allocator;

    private NetworkLoops(Transport transport, int threads) {
        this.allocator = new PooledByteBufAllocator(
                true, 0, threads, PAGE_BYTES, CHUNK_ORDER, SMALL_CACHE_ENTRIES, NORMAL_CACHE_ENTRIES, false);
        this.transport = transport;
        this.alarms = new DefaultEventExecutor(new DefaultThreadFactory("network-alarm", true));
        this.group = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("network", true), transport.newIoHandlerFactory(alarms));
        List<EventExecutor> loops = new ArrayList<>();
        group.forEach(loops::add);
        this.executors = List.copyOf(loops);
    }

    /** Loops over native epoll where it is available, over NIO elsewhere; the threads start when first used. */
    public static NetworkLoops start(int threads) {
        NettyProperties.apply();
        return new NetworkLoops(Transport.best(), threads);
    }

    /** Loops over the JDK's NIO, for platforms and tests without native transport. */
    static NetworkLoops startNio(int threads) {
        return new NetworkLoops(Transport.NIO, threads);
    }

    /** The loops in a fixed order, as homes for partitions. */
    public List<EventExecutor> executors() {
        return executors;
    }

    /** {@code epoll} or {@code nio}, for the start-up log. */
    public String transportName() {
        return transport.label;
    }

    /** The allocator of everything that goes through the loops: pooled, direct, one arena for each loop. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends ServerSocketChannel> serverChannelType() {
        return transport.serverChannelType();
    }

    Class<? extends SocketChannel> clientChannelType() {
        return transport.clientChannelType();
    }

    /** Ends the threads after what is queued has run; waits for it, so not to be called on a loop. */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_TIMEOUT_MS);
        var unused = alarms.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    /** How bytes get in and out. An enum constant's classes are only loaded when that transport is chosen. */
    private enum Transport {
        EPOLL("epoll") {
            @Override
            IoHandlerFactory newIoHandlerFactory(EventExecutor alarms) {
                return FarDeadlines.over(EpollIoHandler.newFactory(), alarms, Ticker.systemTicker());
            }

            @Override
            Class<? extends ServerSocketChannel> serverChannelType() {
                return EpollServerSocketChannel.class;
            }

            @Override
            Class<? extends SocketChannel> clientChannelType() {
                return EpollSocketChannel.class;
            }
        },
        NIO("nio") {
            @Override
            IoHandlerFactory newIoHandlerFactory(EventExecutor alarms) {
                return NioIoHandler.newFactory();
            }

            @Override
            Class<? extends ServerSocketChannel> serverChannelType() {
                return NioServerSocketChannel.class;
            }

            @Override
            Class<? extends SocketChannel> clientChannelType() {
                return NioSocketChannel.class;
            }
        };

        private final String label;

        Transport(String label) {
            this.label = label;
        }

        static Transport best() {
            return Epoll.isAvailable() ? EPOLL : NIO;
        }

        abstract IoHandlerFactory newIoHandlerFactory(EventExecutor alarms);

        abstract Class<? extends ServerSocketChannel> serverChannelType();

        abstract Class<? extends SocketChannel> clientChannelType();
    }
}
