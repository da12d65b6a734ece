package io.ottla.broker.coordinator.runtime;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;

/**
 * The world outside of a coordinator's shards.
 *
 * @param homeLoops the home loop of each partition of the internal topic, always the same one for a partition
 * @param workers threads that may block, for loading
 * @param ticker the time that the loops' timers follow
 * @param clock the time that records carry
 */
public record ShardServices(
        IntFunction<EventExecutor> homeLoops,
        Executor workers,
        PartitionReader reader,
        PartitionWriter writer,
        Ticker ticker,
        Clock clock,
        ByteBufAllocator allocator) {}
