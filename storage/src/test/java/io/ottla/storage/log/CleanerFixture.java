package io.ottla.storage.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.record.RecordCursor;
import io.ottla.storage.compaction.CleanerSettings;
import io.ottla.storage.compaction.LogCleaner;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.log.LogConfig.CleanupPolicy;
import io.ottla.storage.log.LogView.FirstBatch;
import io.ottla.storage.store.LogStore;
import io.ottla.storage.store.StoreEnvironment;
import io.ottla.storage.store.StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Compacted logs in a store, and their cleaner, on a loop, workers and a clock that the test runs by hand. */
final class CleanerFixture implements AutoCloseable {
    static final TopicPartition PARTITION = new TopicPartition("letters", 0);
    static final long DELETE_RETENTION_MS = 10_000;

    ManualLoop loop = ManualLoop.entered();
    Queue<Runnable> tasks = new ArrayDeque<>();
    final LogFixture.ManualClock clock = new LogFixture.ManualClock();
    final Path path;
    final UnaryOperator<LogDirectory> wrapper;
    CleanerSettings settings = CleanerSettings.DEFAULT;
    LogConfig config;
    LogDirectory directory;
    LogStore store;
    LogCleaner cleaner;
    PartitionLog log;

    /** Whether a task of the workers runs. */
    boolean onWorker;

    /** One record as a reader sees it. */
    record Read(long offset, String key, @Nullable String value, long timestampMs) {}

    CleanerFixture(Path path, LogConfig config, UnaryOperator<LogDirectory> wrapper) {
        this.path = path;
        this.config = config;
        this.wrapper = wrapper;
        open();
    }

    /** Compaction at once, of everything, in small segments. */
    static LogConfig compacted(int segmentBytes) {
        return compacted(segmentBytes, new LogConfig.Compaction(0, DELETE_RETENTION_MS, 0, Long.MAX_VALUE));
    }

    static LogConfig compacted(int segmentBytes, LogConfig.Compaction compaction) {
        LogConfig base = LogFixture.smallSegments(segmentBytes);
        return new LogConfig(
                base.segments(),
                base.flush(),
                new LogConfig.Retention(Set.of(CleanupPolicy.COMPACT), -1, -1),
                compaction,
                base.messages(),
                base.replicas(),
                base.tiering());
    }

    /** Starts a store over the files, in a process of its own. */
    void open() {
        openStore();
        log = create(PARTITION);
    }

    /** As {@link #open}, whether or not there is a log that can be loaded. */
    void openStore() {
        loop = ManualLoop.entered();
        tasks = new ArrayDeque<>();
        try {
            directory = wrapper.apply(NioLogDirectory.open(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StoreEnvironment environment = new StoreEnvironment(
                loop, partition -> (EventExecutor) loop, tasks::add, clock, partition -> config, new Random(1));
        store = new LogStore(List.of(directory), StoreSettings.DEFAULT, environment);
        var loaded = store.start().toCompletableFuture();
        settle();
        loaded.join();
        cleaner = new LogCleaner(store, environment, settings);
    }

    PartitionLog create(TopicPartition partition) {
        var created = store.getOrCreate(partition, new UUID(1, 2), config, LogStore.Origin.EXISTING);
        settle();
        return created.toCompletableFuture().join();
    }

    /** Ends the process without a word and starts it again. */
    void crash() {
        try {
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open();
    }

    void restartCleanly() {
        var stopped = cleaner.stop().toCompletableFuture();
        settle();
        assertThat(stopped).isCompleted();
        var closed = store.close(1).toCompletableFuture();
        settle();
        assertThat(closed).isCompleted();
        open();
    }

    /** Runs loop and workers until nothing is left to do. */
    void settle() {
        loop.runAll();
        while (!tasks.isEmpty()) {
            runTask();
        }
    }

    /** Runs what waits for a worker longest, and then the loop. */
    void runTask() {
        onWorker = true;
        try {
            tasks.remove().run();
        } finally {
            onWorker = false;
        }
        loop.runAll();
    }

    /** Commits and seals all that there is, and cleans whatever is due. */
    void clean() {
        commit();
        log.roll();
        cleaner.look();
        settle();
    }

    void commit() {
        log.advanceHighWatermark(log.view().logEndOffset());
    }

    void put(String key, @Nullable String value) {
        append(batch(CompressionCodec.NONE, key, value), AppendOrigin.CLIENT);
    }

    /** One batch of keys and values in turn. */
    ByteBuf batch(CompressionCodec codec, @Nullable String... keysAndValues) {
        ByteBuf buffer = Unpooled.directBuffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, clock.nowMs).codec(codec, codec.defaultLevel());
        return fill(buffer, builder, keysAndValues);
    }

    /** As {@link #batch}, of a producer. */
    ByteBuf batch(long producerId, int sequence, boolean transactional, @Nullable String... keysAndValues) {
        ByteBuf buffer = Unpooled.directBuffer();
        RecordBatchBuilder builder =
                new RecordBatchBuilder(buffer, clock.nowMs).producer(producerId, (short) 0, sequence);
        return fill(buffer, transactional ? builder.transactional() : builder, keysAndValues);
    }

    private ByteBuf fill(ByteBuf buffer, RecordBatchBuilder builder, @Nullable String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            builder.append(clock.nowMs, bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
        }
        builder.build();
        return buffer;
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    ByteBuf marker(long producerId, Outcome outcome) {
        ByteBuf buffer = Unpooled.directBuffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, clock.nowMs)
                .producer(producerId, (short) 0, -1)
                .transactional()
                .control();
        new EndTransactionMarker(outcome, 0).appendTo(builder, clock.nowMs).build();
        return buffer;
    }

    AppendResult append(ByteBuf buffer, AppendOrigin origin) {
        AppendResult result = log.append(buffer, 0, origin);
        assertThat(result.message()).isNull();
        buffer.release();
        return result;
    }

    /** The bytes of all batches. */
    ByteBuf bytes() {
        ByteBuf all = Unpooled.buffer();
        LogView view = log.view();
        long next = view.logStartOffset();
        while (next < view.logEndOffset()) {
            ByteBuf bytes = LogFixture.bytes(view.read(next, 1 << 20, view.logEndOffset(), FirstBatch.WHOLE));
            if (!bytes.isReadable()) {
                break;
            }
            int at = 0;
            while (at < bytes.readableBytes()) {
                next = RecordBatch.nextOffset(bytes, at);
                at += RecordBatch.sizeBytes(bytes, at);
            }
            all.writeBytes(bytes);
        }
        return all;
    }

    /** All records that are not markers, aborted ones too. */
    List<Read> readAll() {
        List<Read> found = new ArrayList<>();
        ByteBuf all = bytes();
        long previous = -1;
        for (int at = 0; at < all.readableBytes(); at += RecordBatch.sizeBytes(all, at)) {
            assertThat(RecordBatch.isCrcValid(all, at)).isTrue();
            assertThat(RecordBatch.baseOffset(all, at)).isGreaterThan(previous);
            previous = RecordBatch.lastOffset(all, at);
            if (!RecordBatch.isControl(all, at)) {
                try (RecordCursor cursor = new RecordCursor().open(all, at)) {
                    while (cursor.next()) {
                        ByteBuf value = cursor.value();
                        found.add(new Read(
                                cursor.offset(), String.valueOf(text(cursor.key())), text(value), cursor.timestamp()));
                    }
                }
            }
        }
        return found;
    }

    private static @Nullable String text(@Nullable ByteBuf bytes) {
        return bytes == null ? null : new String(ByteBufUtil.getBytes(bytes), UTF_8);
    }

    List<String> files() {
        try {
            return directory.list(PARTITION.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        directory.close();
    }
}
