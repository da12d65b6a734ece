package io.ottla.broker.forward;

import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A channel to a peer that may move: to the controller, or to a broker that comes back elsewhere. Each request goes to the
 * address of that moment; when it has changed, the channel to the former one is closed. Any thread; guarded by its monitor.
 *
 * @param <A> an address, equal to another one if the same channel serves both
 */
public final class RoutedChannel<A> implements PeerChannel {
    private final String name;
    private final Supplier<@Nullable A> address;
    private final Function<A, PeerChannel> open;

    private @Nullable Route<A> route;
    private @Nullable Runnable onRefused;
    private boolean closed;

    private record Route<A>(A address, PeerChannel channel) {}

    /**
     * @param name of the peer, for messages
     * @param address where the peer is now; null if it is nowhere
     * @param open makes the channel to an address; must not block
     */
    public RoutedChannel(String name, Supplier<@Nullable A> address, Function<A, PeerChannel> open) {
        this.name = name;
        this.address = address;
        this.open = open;
    }

    @Override
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        PeerChannel channel = current();
        return channel == null
                ? CompletableFuture.failedFuture(new PeerUnreachableException(name + " is not known to be alive"))
                : channel.send(request, version);
    }

    /** Follows the address at once, rather than with the next request. */
    public void refresh() {
        var unused = current();
    }

    private synchronized @Nullable PeerChannel current() {
        A now = closed ? null : address.get();
        Route<A> before = route;
        if (before != null && before.address().equals(now)) {
            return before.channel();
        }
        if (before != null) {
            before.channel().close();
        }
        route = now == null ? null : new Route<>(now, opened(now));
        return route == null ? null : route.channel();
    }

    private PeerChannel opened(A now) {
        PeerChannel channel = open.apply(now);
        if (onRefused != null) {
            channel.keepOpen(onRefused);
        }
        return channel;
    }

    @Override
    public synchronized void keepOpen(Runnable refused) {
        onRefused = refused;
        if (route != null) {
            route.channel().keepOpen(refused);
        }
        refresh();
    }

    @Override
    public synchronized void close() {
        closed = true;
        refresh();
    }
}
