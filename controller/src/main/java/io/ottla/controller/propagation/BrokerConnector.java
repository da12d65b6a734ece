package io.ottla.controller.propagation;

import io.ottla.protocol.api.PeerChannel;

/** Port: how the controller reaches a broker, the one it runs in included. */
@FunctionalInterface
public interface BrokerConnector {

    /**
     * The channel to a broker; called on the controller's executor, must not block. It is closed when
     * the broker has gone.
     */
    PeerChannel connect(LiveBroker broker);
}
