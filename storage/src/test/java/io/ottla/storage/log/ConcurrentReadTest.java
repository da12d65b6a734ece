package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.log.LogView.FirstBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: readers on other threads never see anything but whole, consecutive batches while the log grows, rolls and loses
 * its beginning. Method: the owner appends past several pages of the index while two readers read at random offsets.
 */
class ConcurrentReadTest {
    private static final int APPENDS = 2500;

    @TempDir
    private Path directory;

    @Test
    void readersSeeWholeConsecutiveBatches() throws Exception {
        LogConfig small = LogFixture.smallSegments(100_000);
        LogConfig.Segments segments = small.segments();
        LogConfig dense = small.withSegments(new LogConfig.Segments(
                segments.sizeBytes(), segments.rollMs(), 0, segments.indexSizeBytes(), 50, false, 60_000));
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try (LogFixture fixture = new LogFixture(directory, dense)) {
            PartitionLog log = fixture.log;
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                results.add(readers.submit(reader(log, done, i)));
            }
            Random random = new Random(5);
            for (int i = 0; i < APPENDS; i++) {
                assertThat(fixture.append(1 + random.nextInt(3), random.nextInt(150))
                                .isSuccess())
                        .isTrue();
                log.advanceHighWatermark(log.view().logEndOffset());
                if (i % 800 == 799) {
                    log.deleteSegmentsBefore(log.view().segmentBaseOffsets().get(1), "test");
                }
            }
            done.set(true);
            for (Future<Integer> result : results) {
                assertThat(result.get()).isPositive();
            }
            fixture.settle();
        } finally {
            done.set(true);
            readers.shutdown();
        }
    }

    private static Callable<Integer> reader(PartitionLog log, AtomicBoolean done, long seed) {
        Random random = new Random(seed);
        return () -> {
            int reads = 0;
            while (!done.get()) {
                LogView view = log.view();
                long start = view.logStartOffset();
                if (view.highWatermark() > start) {
                    long offset = start + random.nextLong(view.highWatermark() - start);
                    check(view.read(offset, 4096, view.highWatermark(), FirstBatch.WHOLE), offset);
                    reads++;
                }
            }
            return reads;
        };
    }

    private static void check(FetchedRecords fetched, long offset) {
        assertThat(fetched.error().code()).isZero();
        ByteBuf bytes = LogFixture.bytes(fetched);
        assertThat(RecordBatch.baseOffset(bytes, 0)).isLessThanOrEqualTo(offset);
        assertThat(RecordBatch.lastOffset(bytes, 0)).isGreaterThanOrEqualTo(offset);
        int at = 0;
        long next = RecordBatch.baseOffset(bytes, 0);
        while (at + RecordBatch.RECORDS_AT <= bytes.readableBytes()
                && at + RecordBatch.sizeBytes(bytes, at) <= bytes.readableBytes()) {
            assertThat(RecordBatch.baseOffset(bytes, at)).isEqualTo(next);
            assertThat(RecordBatch.isCrcValid(bytes, at)).isTrue();
            next = RecordBatch.nextOffset(bytes, at);
            at += RecordBatch.sizeBytes(bytes, at);
        }
    }
}
