package io.ottla.controller.propagation;

import io.ottla.protocol.api.PeerChannel;

/** Port: how the controller reaches a broker, the one it runs in included. */
@FunctionalInterface
public interface BrokerConnector {

    /**
     * The channel to a broker; called on the controller's executor, must not block. If the channel is {@link
     * AutoCloseable} it is closed when the broker has gone.
     */
    PeerChannel connect(LiveBroker broker);
}
