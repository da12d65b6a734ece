package io.ottla.storage.store;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.storage.log.LogConfig;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What a {@link LogStore} works with.
 *
 * @param timer runs the periodic tasks; they hand their blocking work to the workers
 * @param homes the loop that owns a partition's log
 * @param workers where blocking work runs
 * @param clock the wall clock
 * @param configs the effective settings of a partition's topic, asked when its log is loaded
 * @param random for the jitter of rolls and the names of deleted directories
 */
public record StoreEnvironment(
        EventExecutor timer,
        Function<TopicPartition, EventExecutor> homes,
        Executor workers,
        Clock clock,
        Function<TopicPartition, LogConfig> configs,
        RandomGenerator random) {

    /** For the name of a directory that no other one has. */
    UUID uniqueId() {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
