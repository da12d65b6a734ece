package io.ottla.broker.network;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import io.ottla.protocol.api.PeerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;

/** Makes connections to other brokers, over the loops that serve this broker's own listeners. Immutable. */
public final class PeerConnections implements PeerNetwork {

    private final NetworkLoops loops;
    private final AddressResolverGroup<InetSocketAddress> resolver;

    /** @param blocking looks host names up, which may take its time */
    public PeerConnections(NetworkLoops loops, Executor blocking) {
        this.loops = loops;
        this.resolver = new BlockingResolver(blocking);
    }

    /** See {@link PeerConnection}. */
    @Override
    public PeerChannel open(EventExecutor loop, String host, int port, PeerSettings settings) {
        return new PeerConnection(this, loop, host, port, settings);
    }

    @Override
    public PeerChannel open(String host, int port, PeerSettings settings) {
        return open(loops.group().next(), host, port, settings);
    }

    /** The loops that there are, in a fixed order. */
    public List<EventExecutor> loops() {
        return loops.executors();
    }

    Class<? extends SocketChannel> channelType() {
        return loops.clientChannelType();
    }

    ByteBufAllocator allocator() {
        return loops.allocator();
    }

    AddressResolverGroup<InetSocketAddress> resolver() {
        return resolver;
    }

    /** Forgets resolvers; open connections live on until they are closed, or their loops end. */
    @Override
    public void close() {
        resolver.close();
    }

    /** Asks the system for addresses, but never on an event loop. */
    private static final class BlockingResolver extends AddressResolverGroup<InetSocketAddress> {
        private final Executor blocking;

        BlockingResolver(Executor blocking) {
            this.blocking = blocking;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor loop) {
            return new InetNameResolver(loop) {
                @Override
                protected void doResolve(String host, Promise<InetAddress> result) {
                    blocking.execute(() -> {
                        try {
                            result.trySuccess(InetAddress.getByName(host));
                        } catch (UnknownHostException e) {
                            result.tryFailure(e);
                        }
                    });
                }

                @Override
                protected void doResolveAll(String host, Promise<List<InetAddress>> result) {
                    blocking.execute(() -> {
                        try {
                            result.trySuccess(List.of(InetAddress.getAllByName(host)));
                        } catch (UnknownHostException e) {
                            result.tryFailure(e);
                        }
                    });
                }
            }.asAddressResolver();
        }
    }
}
