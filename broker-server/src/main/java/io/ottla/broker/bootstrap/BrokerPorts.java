package io.ottla.broker.bootstrap;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import io.ottla.broker.network.PeerNetwork;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.storage.file.LogDirectory;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * All that a broker reaches the world through, but for its listeners. A process fills it with the real things, a simulation
 * with its own.
 *
 * @param ticker monotonic time
 * @param clock wall-clock time
 * @param random ids, placements, jitter
 * @param directories open and locked, or offline from the start, in the order of {@code log.dirs}
 * @param session connected already
 */
public record BrokerPorts(
        Threads threads,
        Ticker ticker,
        Clock clock,
        Random random,
        List<? extends LogDirectory> directories,
        ZooKeeperSession session,
        PeerNetwork network) {

    /**
     * Where a broker runs.
     *
     * @param loops own connections and partitions, in a fixed order
     * @param control the one loop of everything about ZooKeeper and the controller
     * @param workers for what blocks
     * @param allocator of everything that goes through the loops
     */
    public record Threads(
            List<EventExecutor> loops, EventExecutor control, Executor workers, ByteBufAllocator allocator) {}
}
