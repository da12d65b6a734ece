package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.file.NioLogDirectory;
import io.ottla.storage.file.OpenFiles;
import io.ottla.storage.log.LogView.FirstBatch;
import io.ottla.storage.recovery.LoadRequest;
import io.ottla.storage.recovery.LogLoader;
import io.ottla.storage.recovery.RecoveredLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Executor;

/** One log in a real directory, on a loop, workers and a clock that the test runs by hand. */
public final class LogFixture implements AutoCloseable {
    static final TopicPartition PARTITION = new TopicPartition("letters", 0);
    static final long START_MS = 1_700_000_000_000L;

    final ManualLoop loop = ManualLoop.entered();
    final ManualWorkers workers = new ManualWorkers();
    final ManualClock clock = new ManualClock();
    final FaultyDirectory directory;
    LogConfig config;
    PartitionLog log;

    /** Tasks wait until the test runs them. */
    final class ManualWorkers implements Executor {
        final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }
    }

    /** A clock that stands still but for the test. */
    public static final class ManualClock extends Clock {
        public long nowMs = START_MS;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(nowMs);
        }
    }

    LogFixture(Path path, LogConfig config) {
        this(path, config, OpenFiles.Limits.DEFAULT);
    }

    LogFixture(Path path, LogConfig config, OpenFiles.Limits limits) {
        try {
            this.directory = new FaultyDirectory(NioLogDirectory.open(path, limits));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.config = config;
        this.log = open(true, 0, 0);
    }

    /** Small segments and dense indexes, so that little data goes a long way. */
    public static LogConfig smallSegments(int segmentBytes) {
        LogConfig.Segments base = LogConfig.DEFAULT.segments();
        return LogConfig.DEFAULT.withSegments(new LogConfig.Segments(
                segmentBytes, base.rollMs(), 0, base.indexSizeBytes(), 200, false, base.fileDeleteDelayMs()));
    }

    /** Loads the log anew from its files. */
    PartitionLog open(boolean clean, long recoveryPoint, long highWatermark) {
        LoadRequest request = new LoadRequest(
                directory,
                PARTITION.toString(),
                clean,
                recoveryPoint,
                log == null ? 0 : log.view().logStartOffset(),
                config.segments().indexIntervalBytes(),
                Long.MAX_VALUE,
                clock.nowMs);
        try {
            RecoveredLog recovered = LogLoader.create(request);
            LogContext context = new LogContext(PARTITION, new UUID(0, 1), directory, loop, workers, clock, 0);
            log = PartitionLog.of(context, recovered, highWatermark, PartitionLog.NEVER_CLEANED, config);
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes the log and loads it again. */
    void restartCleanly() {
        long highWatermark = log.view().highWatermark();
        var closed = log.close().toCompletableFuture();
        settle();
        closed.join();
        open(true, 0, highWatermark);
    }

    /** Drops the log as a crash would, with all that the operating system has, and loads it again. */
    void crashAndRecover() {
        long highWatermark = log.view().highWatermark();
        long recoveryPoint = log.recoveryPoint();
        workers.tasks.clear();
        open(false, recoveryPoint, highWatermark);
    }

    /** Runs loop and workers until nothing is left to do. */
    void settle() {
        loop.runAll();
        while (!workers.tasks.isEmpty()) {
            workers.tasks.remove().run();
            loop.runAll();
        }
    }

    /** Appends one batch of records as the leader of epoch 0. */
    AppendResult append(int records, int valueBytes) {
        return append(batch(records, valueBytes, clock.nowMs), 0);
    }

    /** Appends batches as the leader of an epoch, and releases them. */
    AppendResult append(ByteBuf batches, int leaderEpoch) {
        try {
            return log.append(batches, leaderEpoch, AppendOrigin.CLIENT);
        } finally {
            batches.release();
        }
    }

    public static ByteBuf batch(int records, int valueBytes, long timestampMs) {
        ByteBuf buffer = Unpooled.directBuffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, timestampMs);
        for (int i = 0; i < records; i++) {
            builder.append(timestampMs, null, new byte[valueBytes]);
        }
        builder.build();
        return buffer;
    }

    /** The base offsets of the batches that a read from an offset finds, however many segments it takes. */
    List<Long> readAll(long fromOffset, long endOffset) {
        List<Long> found = new ArrayList<>();
        long next = fromOffset;
        while (next < endOffset) {
            FetchedRecords fetched = log.view().read(next, 1 << 20, endOffset, FirstBatch.WHOLE);
            ByteBuf bytes = bytes(fetched);
            if (!bytes.isReadable()) {
                return found;
            }
            int at = 0;
            while (at < bytes.readableBytes()) {
                found.add(RecordBatch.baseOffset(bytes, at));
                next = RecordBatch.nextOffset(bytes, at);
                at += RecordBatch.sizeBytes(bytes, at);
            }
        }
        return found;
    }

    /** The bytes of a read, which is released. */
    public static ByteBuf bytes(FetchedRecords fetched) {
        ByteBuf copy = Unpooled.buffer();
        try {
            if (fetched.buffer() != null) {
                copy.writeBytes(fetched.buffer(), fetched.buffer().readerIndex(), fetched.sizeBytes());
            } else if (fetched.range() != null) {
                fetched.range().readInto(copy, 0, fetched.sizeBytes());
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fetched.release();
        }
    }

    @Override
    public void close() throws IOException {
        log.close();
        settle();
        directory.close();
    }
}
