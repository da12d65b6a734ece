package io.ottla.bench.micro;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.PartitionLog;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StoreEnvironment;
import io.ottla.storage.store.StoreSettings;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real log in a temporary directory, whose home is whatever thread calls. */
final class TemporaryLog implements AutoCloseable {
    private final TemporaryDirectory directory = new TemporaryDirectory();
    private final DefaultEventExecutor timer = new DefaultEventExecutor();
    private final ExecutorService workers = Executors.newSingleThreadExecutor();
    private final LogStore store;
    private final PartitionLog log;

    TemporaryLog() throws IOException {
        store = new LogStore(
                List.of(directory.directory()),
                StoreSettings.DEFAULT,
                new StoreEnvironment(
                        timer,
                        partition -> ImmediateEventExecutor.INSTANCE,
                        workers,
                        Clock.systemUTC(),
                        partition -> LogConfig.DEFAULT,
                        new Random(1)));
        store.start().toCompletableFuture().join();
        log = store.getOrCreate(new TopicPartition("micro", 0), new UUID(1, 1), LogConfig.DEFAULT, LogStore.Origin.NEW)
                .toCompletableFuture()
                .join();
    }

    PartitionLog log() {
        return log;
    }

    @Override
    public void close() throws IOException {
        workers.shutdownNow();
        timer.shutdownGracefully().syncUninterruptibly();
        directory.close();
    }
}
