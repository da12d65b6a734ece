package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.log.LogView.FirstBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a log does what a sorted map of batches would. Method: seeded random appends, rolls, truncations, moves of the log
 * start, restarts and crashes on both; after each, reads at random offsets and bounds are held against the map.
 */
class LogModelTest {
    private static final int STEPS = 150;

    @TempDir
    private Path directory;

    private final TreeMap<Long, Integer> batches = new TreeMap<>();
    private long start;
    private long end;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesLikeASortedMapOfBatches(long seed) throws Exception {
        Random random = new Random(seed);
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(4096))) {
            for (int step = 0; step < STEPS; step++) {
                act(fixture, random);
                check(fixture, random);
            }
        }
    }

    private void act(LogFixture fixture, Random random) {
        fixture.clock.nowMs += random.nextInt(1000);
        int choice = random.nextInt(100);
        if (choice < 75) {
            append(fixture, random);
        } else if (choice < 80) {
            fixture.log.roll();
        } else if (choice < 86) {
            truncate(fixture, start + random.nextInt((int) (end - start) + 1));
        } else if (choice < 89) {
            moveStart(fixture, start + random.nextInt((int) (end - start) + 1));
        } else if (choice < 92) {
            fixture.log.deleteSegmentsBefore(fixture.log.view().logStartOffset(), "test");
        } else if (choice < 94) {
            fixture.log.flushed(end);
            fixture.settle();
            assertThat(fixture.log.recoveryPoint()).isEqualTo(end);
        } else if (choice < 97) {
            fixture.restartCleanly();
        } else if (choice < 99) {
            fixture.settle();
            fixture.crashAndRecover();
        } else {
            long at = end + random.nextInt(50);
            fixture.log.truncateFullyAndStartAt(at);
            batches.clear();
            start = at;
            end = at;
        }
        if (random.nextInt(10) == 0) {
            fixture.settle();
        }
    }

    private void append(LogFixture fixture, Random random) {
        int records = 1 + random.nextInt(5);
        AppendResult result = fixture.append(records, random.nextInt(300));
        assertThat(result.message()).isNull();
        assertThat(result.baseOffset()).isEqualTo(end);
        assertThat(result.lastOffset()).isEqualTo(end + records - 1);
        batches.put(end, records);
        end += records;
    }

    private void truncate(LogFixture fixture, long offset) {
        fixture.log.truncateTo(offset);
        if (offset >= end) {
            return;
        }
        if (offset <= start) {
            start = offset;
        }
        while (!batches.isEmpty() && batches.lastKey() + batches.get(batches.lastKey()) > offset) {
            end = Math.min(offset, batches.lastKey());
            batches.pollLastEntry();
        }
        end = Math.max(start, end);
    }

    private void moveStart(LogFixture fixture, long offset) {
        fixture.log.advanceHighWatermark(end);
        fixture.log.deleteRecordsBefore(offset);
        start = Math.max(start, offset);
        while (!batches.isEmpty() && batches.firstKey() + batches.get(batches.firstKey()) <= start) {
            batches.pollFirstEntry();
        }
    }

    private void check(LogFixture fixture, Random random) {
        LogView view = fixture.log.view();
        assertThat(view.logStartOffset()).isEqualTo(start);
        assertThat(view.logEndOffset()).isEqualTo(end);
        assertThat(view.highWatermark()).isBetween(start, end);
        long from = start + random.nextInt((int) (end - start) + 1);
        long to = random.nextBoolean() ? end : boundary(from + random.nextInt((int) (end - from) + 1));
        assertThat(fixture.readAll(from, to)).isEqualTo(expected(from, to));
        checkBoundedRead(view, from, random.nextInt(2000));
    }

    /** The start of the batch that holds an offset: bounds of reads never lie within a batch. */
    private long boundary(long offset) {
        Long base = batches.floorKey(offset);
        return base == null || base + batches.get(base) <= offset ? offset : base;
    }

    private List<Long> expected(long from, long to) {
        List<Long> expected = new ArrayList<>();
        batches.forEach((base, records) -> {
            if (base + records > from && base < to) {
                expected.add(base);
            }
        });
        return expected;
    }

    private void checkBoundedRead(LogView view, long from, int maxBytes) {
        FetchedRecords whole = view.read(from, maxBytes, view.logEndOffset(), FirstBatch.WHOLE);
        ByteBuf bytes = LogFixture.bytes(whole);
        if (bytes.isReadable()) {
            int first = RecordBatch.sizeBytes(bytes, 0);
            assertThat(bytes.readableBytes()).isBetween(first, Math.max(first, maxBytes));
            assertThat(RecordBatch.isCrcValid(bytes, 0)).isTrue();
            FetchedRecords fitting = view.read(from, maxBytes, view.logEndOffset(), FirstBatch.ONLY_IF_IT_FITS);
            assertThat(LogFixture.bytes(fitting).readableBytes())
                    .isEqualTo(first > maxBytes ? 0 : bytes.readableBytes());
        }
    }
}
