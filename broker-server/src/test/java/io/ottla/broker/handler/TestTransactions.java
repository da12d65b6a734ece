package io.ottla.broker.handler;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.broker.coordinator.runtime.MemoryLog;
import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.broker.coordinator.runtime.ShardSettings;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.coordinator.transaction.TransactionServices;
import io.ottla.broker.coordinator.transaction.TransactionSettings;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.CompressionCodec;
import java.util.concurrent.CompletableFuture;

/** A transaction coordinator of one partition without a cluster, whose markers are written at once. */
public final class TestTransactions {
    private TestTransactions() {}

    /** @param loop where its shard lives, once it is elected */
    public static TransactionCoordinator on(ManualLoop loop) {
        MemoryLog log = new MemoryLog();
        return new TransactionCoordinator(
                new TransactionSettings(
                        1,
                        900_000,
                        1_000_000,
                        10_000,
                        10_000,
                        new ShardSettings(5_000, 100_000, 4_096, CompressionCodec.NONE)),
                new ShardServices(
                        partition -> loop,
                        loop,
                        log,
                        log,
                        loop.ticker(),
                        loop.clock(),
                        UnpooledByteBufAllocator.DEFAULT),
                new TransactionServices(
                        () -> CompletableFuture.completedFuture(1000L),
                        (marker, partitions) -> CompletableFuture.completedFuture(ErrorCode.NONE),
                        partition -> true,
                        group -> new TopicPartition("__consumer_offsets", 0),
                        () -> 0));
    }
}
