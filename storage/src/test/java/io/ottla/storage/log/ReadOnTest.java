package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.log.LogView.FirstBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: a reader that follows a log reads on where it has stopped, without a search, and never from a place that is wrong by now. */
class ReadOnTest {
    private static final int BATCH_BYTES = 10_000;

    @TempDir
    private Path directory;

    private LogFixture fixture;
    private @Nullable LogPosition next;

    @BeforeEach
    void open() {
        fixture = new LogFixture(directory, LogConfig.DEFAULT);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void whatFollowsTheLastReadIsReadAtOnce() {
        append(10);
        assertThat(read(0, 10)).hasSize(10);
        for (int i = 10; i < 30; i += 2) {
            append(2);
            fixture.directory.reads = 0;
            assertThat(read(i, i + 2)).containsExactly((long) i, i + 1L);
            assertThat(fixture.directory.reads).isEqualTo(1);
        }
    }

    @Test
    void soIsWhatFollowsABoundBeforeTheEnd() {
        append(10);
        assertThat(read(0, 4)).hasSize(4);
        assertThat(read(4, 7)).containsExactly(4L, 5L, 6L);
        assertThat(read(7, 10)).containsExactly(7L, 8L, 9L);
    }

    @Test
    void aPlaceInTheMiddleOfAnotherBatchIsNotUsed() {
        append(3);
        assertThat(read(0, 3)).hasSize(3);
        fixture.log.truncateTo(1);
        fixture.append(1, 25_000);
        append(2);
        assertThat(read(3, 4)).containsExactly(3L);
    }

    @Test
    void aPlaceInAnotherSegmentIsNotUsed() {
        append(3);
        assertThat(read(0, 3)).hasSize(3);
        fixture.log.truncateFullyAndStartAt(3);
        append(2);
        assertThat(read(3, 5)).containsExactly(3L, 4L);
    }

    @Test
    void aReaderThatGoesElsewhereIsNotMisled() {
        append(10);
        assertThat(read(0, 10)).hasSize(10);
        append(1);
        assertThat(read(6, 11)).containsExactly(6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void aReadThatIsCutShortSaysNothingOfWhereItEnds() {
        append(10);
        FetchedRecords cut = fixture.log.view().read(0, 25_000, 10, FirstBatch.WHOLE);
        assertThat(cut.next()).isNull();
        cut.release();
    }

    private void append(int batches) {
        for (int i = 0; i < batches; i++) {
            fixture.append(1, BATCH_BYTES);
        }
    }

    /** The base offsets of the batches from an offset to another, read with what the last read has said. */
    private List<Long> read(long from, long to) {
        FetchedRecords fetched = fixture.log.view().read(from, 1 << 20, to, FirstBatch.WHOLE, next);
        next = fetched.next();
        ByteBuf bytes = LogFixture.bytes(fetched);
        List<Long> found = new ArrayList<>();
        for (int at = 0; at < bytes.readableBytes(); at += RecordBatch.sizeBytes(bytes, at)) {
            found.add(RecordBatch.baseOffset(bytes, at));
        }
        return found;
    }
}
