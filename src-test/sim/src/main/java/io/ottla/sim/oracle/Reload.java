package io.ottla.sim.oracle;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.group.GroupSettings;
import io.ottla.broker.coordinator.group.TopicDirectory;
import io.ottla.broker.coordinator.runtime.BatchKind;
import io.ottla.broker.coordinator.runtime.PartitionReader;
import io.ottla.broker.coordinator.runtime.PartitionWriter;
import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.broker.coordinator.runtime.ShardSettings;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.coordinator.transaction.TransactionServices;
import io.ottla.broker.coordinator.transaction.TransactionSettings;
import io.ottla.loop.EndlessLoop;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.sim.world.SimProcess;
import io.ottla.sim.world.World;
import io.ottla.storage.log.LogView;
import java.io.IOException;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What a coordinator would know that loads a log now: a real one, in no time, without a word to anybody. */
final class Reload {
    private static final int LIMIT_BYTES = 1 << 20;
    private static final int NEVER_MS = Integer.MAX_VALUE;

    private final SimProcess nobody;
    private final int partitions;

    /** @param partitions how many each internal topic has */
    Reload(World world, int partitions) {
        this.nobody = new SimProcess(world, -1, "auditor");
        this.partitions = partitions;
    }

    /** Null if the log cannot be read. */
    @Nullable
    SortedMap<String, String> of(TopicPartition name, LogView view) {
        ShardServices services = services(view);
        ShardSettings settings = new ShardSettings(NEVER_MS, LIMIT_BYTES, LIMIT_BYTES, CompressionCodec.NONE);
        CompletableFuture<SortedMap<String, String>> image;
        if (name.topic().equals(GroupCoordinator.TOPIC)) {
            GroupCoordinator groups = new GroupCoordinator(
                    new GroupSettings(
                            partitions,
                            new GroupSettings.Membership(1, NEVER_MS, NEVER_MS, 0),
                            new GroupSettings.Offsets(LIMIT_BYTES, NEVER_MS, NEVER_MS),
                            settings),
                    services,
                    new NoTopics(),
                    () -> "");
            groups.onElection(name.partition(), 0);
            image = groups.image(name.partition());
            groups.close();
        } else {
            TransactionCoordinator transactions = new TransactionCoordinator(
                    new TransactionSettings(partitions, NEVER_MS, NEVER_MS, NEVER_MS, NEVER_MS, settings),
                    services,
                    new TransactionServices(
                            CompletableFuture::new,
                            (marker, to) -> new CompletableFuture<>(),
                            partition -> false,
                            group -> name,
                            () -> 0));
            transactions.onElection(name.partition(), 0);
            image = transactions.image(name.partition());
            transactions.close();
        }
        return image.isDone() && !image.isCompletedExceptionally() ? image.join() : null;
    }

    private ShardServices services(LogView view) {
        InlineLoop loop = new InlineLoop();
        return new ShardServices(
                partition -> loop,
                Runnable::run,
                new ViewReader(view),
                new NoLog(),
                nobody.ticker(),
                nobody.clock(),
                new UnpooledByteBufAllocator(false, true));
    }

    /** Does at once what it is asked to; its timers never fire. */
    private static final class InlineLoop extends EndlessLoop {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public boolean inEventLoop(Thread thread) {
            return true;
        }
    }

    private record ViewReader(LogView view) implements PartitionReader {
        @Override
        public long startOffset(int partition) {
            return view.logStartOffset();
        }

        @Override
        public long endOffset(int partition) {
            return view.logEndOffset();
        }

        @Override
        public Chunk read(int partition, long offset, int maxBytes) throws IOException {
            ByteBuf bytes = Committed.read(view, offset, view.logEndOffset());
            long next = offset;
            int at = bytes.readerIndex();
            while (bytes.writerIndex() - at >= RecordBatch.RECORDS_AT
                    && bytes.writerIndex() - at >= RecordBatch.sizeBytes(bytes, at)) {
                next = RecordBatch.nextOffset(bytes, at);
                at += RecordBatch.sizeBytes(bytes, at);
            }
            return new Chunk(bytes.writerIndex(at), next);
        }
    }

    /** Takes what is appended, and never says what has become of it. */
    private static final class NoLog implements PartitionWriter {
        @Override
        public CompletionStage<Long> append(int partition, int leaderEpoch, ByteBuf batch, BatchKind kind) {
            batch.release();
            return new CompletableFuture<>();
        }
    }

    private static final class NoTopics implements TopicDirectory {
        @Override
        public @Nullable String nameOf(UUID topicId) {
            return null;
        }

        @Override
        public @Nullable UUID idOf(String topic) {
            return null;
        }

        @Override
        public boolean has(String topic, int partition) {
            return false;
        }
    }
}
