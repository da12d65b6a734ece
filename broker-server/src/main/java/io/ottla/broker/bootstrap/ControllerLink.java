package io.ottla.broker.bootstrap;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.bootstrap.Peers.Address;
import io.ottla.broker.forward.Forwarder;
import io.ottla.broker.forward.RoutedChannel;
import io.ottla.controller.Controller;
import io.ottla.controller.propagation.LiveBroker;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.replication.metadata.MetadataCache;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way to whoever is the controller, the one of this process included. Any thread.
 *
 * <p>Requests that clients have made travel on a connection of their own, since they may take long and responses come in
 * the order of requests: nothing may hold up a change of an ISR.
 */
final class ControllerLink implements AutoCloseable {
    private final int brokerId;
    private final MetadataCache metadata;
    private final Peers peers;
    private final AtomicReference<@Nullable Controller> own = new AtomicReference<>();
    private final RoutedChannel<Address> requests;
    private final RoutedChannel<Address> forwarded;
    private final Forwarder forwarder;

    ControllerLink(int brokerId, MetadataCache metadata, Peers peers, EventExecutor timer) {
        this.brokerId = brokerId;
        this.metadata = metadata;
        this.peers = peers;
        this.requests = routed(this::watched);
        this.forwarded = routed(address -> peers.toForward(brokerId, address));
        this.forwarder = new Forwarder(forwarded, timer);
    }

    private RoutedChannel<Address> routed(Function<Address, PeerChannel> remote) {
        return new RoutedChannel<>("the controller", this::address, address -> {
            Controller here = own.get();
            return address.brokerId() == brokerId && here != null ? new OwnController(here) : remote.apply(address);
        });
    }

    /** The connection whose refusal means that the controller's process is gone, so it is open even when idle. */
    private PeerChannel watched(Address address) {
        PeerChannel channel = peers.toController(brokerId, address);
        channel.keepOpen(() -> {
            Controller here = own.get();
            if (here != null) {
                here.onControllerRefused(address.brokerId());
            }
        });
        return channel;
    }

    /**
     * Tells of this process' own controller, which is built later than those who send, and watches over the controllers of
     * other processes from now on.
     */
    void attach(Controller controller) {
        own.set(controller);
        metadata.addListener((before, after) -> requests.refresh());
        controller.onControllerFound(requests::refresh);
    }

    /** For this broker's own requests; whoever sends repeats what fails or is answered with NOT_CONTROLLER. */
    PeerChannel requests() {
        return requests;
    }

    /** For what clients ask, and for what can wait. */
    Forwarder forwarder() {
        return forwarder;
    }

    /** Whether the controller is in this process. */
    boolean isOwnActive() {
        Controller here = own.get();
        return here != null && here.isActive();
    }

    /**
     * What the last controller has said of itself, before what ZooKeeper says, which may not be heard at times. A broker that
     * has just started was told nothing yet, and perhaps never will be, because that controller's process is dead.
     */
    private @Nullable Address address() {
        if (isOwnActive()) {
            return new Address(brokerId, "", 0);
        }
        Address told = remote(metadata.image().controllerId());
        Controller here = own.get();
        if (told != null || here == null) {
            return told;
        }
        Address known = remote(here.activeControllerId());
        LiveBroker registered = here.activeController();
        return known != null || registered == null ? known : peers.address(registered);
    }

    private @Nullable Address remote(int controllerId) {
        return controllerId == brokerId ? null : peers.address(controllerId);
    }

    @Override
    public void close() {
        requests.close();
        forwarded.close();
    }
}
