package io.ottla.sim.net;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.network.PeerNetwork;
import io.ottla.broker.network.PeerSettings;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.sim.world.SimProcess;
import java.util.List;

/** The network as one process reaches it. */
public final class SimPeerNetwork implements PeerNetwork {
    private final SimNetwork network;
    private final SimProcess process;
    private final List<EventExecutor> loops;
    private final Farewell farewell;
    private int next;

    public SimPeerNetwork(SimNetwork network, SimProcess process, List<EventExecutor> loops, Farewell farewell) {
        this.farewell = farewell;
        this.network = network;
        this.process = process;
        this.loops = List.copyOf(loops);
    }

    @Override
    public PeerChannel open(EventExecutor loop, String host, int port, PeerSettings settings) {
        return new SimPeerChannel(network, process, loop, host + ":" + port, settings, farewell);
    }

    @Override
    public PeerChannel open(String host, int port, PeerSettings settings) {
        return open(loops.get(next++ % loops.size()), host, port, settings);
    }

    @Override
    public void close() {}
}
