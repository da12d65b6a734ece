package io.ottla.broker.network;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;

/** Makes the ways to other brokers: over sockets, or over a simulated network. Any thread. */
public interface PeerNetwork extends AutoCloseable {

    /**
     * A channel that connects when it is first used.
     *
     * @param loop one of the broker's network loops: futures complete there
     */
    PeerChannel open(EventExecutor loop, String host, int port, PeerSettings settings);

    /** {@link #open(EventExecutor, String, int, PeerSettings)} on any loop. */
    PeerChannel open(String host, int port, PeerSettings settings);

    /** Opens nothing from now on; open channels live on until they are closed, or their loops end. */
    @Override
    void close();
}
