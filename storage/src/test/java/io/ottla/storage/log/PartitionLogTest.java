package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.index.AbortedTransaction;
import io.ottla.storage.log.LogView.FirstBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: what a log promises to leaders, followers and consumers, case by case. Method: real files, time by hand. */
class PartitionLogTest {
    @TempDir
    private Path directory;

    private LogFixture fixture;

    @BeforeEach
    void open() {
        fixture = new LogFixture(directory, LogConfig.DEFAULT);
    }

    @AfterEach
    void close() throws Exception {
        fixture.directory.failWrites = null;
        fixture.directory.failTruncations = false;
        fixture.close();
    }

    private FetchedRecords read(long offset, long endOffset) {
        return fixture.log.view().read(offset, 1 << 20, endOffset, FirstBatch.WHOLE);
    }

    @Test
    void assignsOffsetsAndEpochInPlaceWithoutTouchingTheChecksum() {
        ByteBuf batch = LogFixture.batch(3, 10, LogFixture.START_MS);
        fixture.append(2, 10);
        AppendResult result = fixture.log.append(batch, 9, AppendOrigin.CLIENT);
        assertThat(result.baseOffset()).isEqualTo(2);
        assertThat(result.lastOffset()).isEqualTo(4);
        assertThat(RecordBatch.baseOffset(batch, 0)).isEqualTo(2);
        assertThat(RecordBatch.leaderEpoch(batch, 0)).isEqualTo(9);
        assertThat(RecordBatch.isCrcValid(batch, 0)).isTrue();
        assertThat(batch.refCnt()).isEqualTo(1);
        batch.release();
    }

    @Test
    void refusesBytesThatAreNoBatches() {
        ByteBuf torn = LogFixture.batch(3, 10, LogFixture.START_MS);
        torn.writerIndex(torn.writerIndex() - 1);
        assertThat(fixture.append(torn, 0).error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(fixture.append(Unpooled.buffer(), 0).error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(fixture.log.view().logEndOffset()).isZero();
    }

    @Test
    void refusesBatchesLargerThanASegment() {
        fixture.log.reconfigure(LogFixture.smallSegments(500));
        AppendResult result = fixture.append(1, 600);
        assertThat(result.error()).isEqualTo(ErrorCode.RECORD_LIST_TOO_LARGE);
        assertThat(result.message()).contains("segment.bytes 500");
    }

    @Test
    void aReadOutsideOfTheLogIsOutOfRangeAndOneAtTheEndIsEmpty() {
        fixture.append(2, 10);
        assertThat(read(3, 2).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(read(-1, 2).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(read(2, 2).isEmpty()).isTrue();
        assertThat(read(2, 2).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void manyBytesStayInTheFileAndFewAreRead() {
        fixture.append(1, 200_000);
        FetchedRecords large = read(0, 1);
        assertThat(large.range()).isNotNull();
        assertThat(LogFixture.bytes(large).readableBytes()).isGreaterThan(200_000);
        fixture.append(1, 100);
        FetchedRecords small = read(1, 2);
        assertThat(small.buffer()).isNotNull();
        assertThat(LogFixture.bytes(small).readableBytes()).isLessThan(200);
    }

    @Test
    void aBatchOfTheNetworkIsReadBackAsItWasWritten() {
        ByteBuf batch = LogFixture.batch(3, 100, LogFixture.START_MS);
        fixture.log.append(batch, 0, AppendOrigin.CLIENT);
        assertThat(LogFixture.bytes(read(1, 3))).isEqualTo(batch);
        batch.release();
    }

    @Test
    void aFollowerTakesOffsetsAndEpochsAsTheyAreAndLeavesAPartialBatchOut() {
        ByteBuf leaders = Unpooled.buffer();
        leaders.writeBytes(at(0, 4, 2)).writeBytes(at(2, 5, 1)).writeBytes(at(3, 5, 2));
        leaders.writerIndex(leaders.writerIndex() - 3);
        AppendResult result = fixture.log.appendAsFollower(leaders);
        assertThat(result.isSuccess()).isTrue();
        assertThat(result.lastOffset()).isEqualTo(2);
        assertThat(fixture.log.view().logEndOffset()).isEqualTo(3);
        assertThat(fixture.log.view().leaderEpochs()).hasToString("[4@0, 5@2]");
    }

    @Test
    void aFollowerRefusesWhatDoesNotFollowItsEndOrIsCorrupt() {
        fixture.log.appendAsFollower(at(0, 4, 2));
        AppendResult behind = fixture.log.appendAsFollower(at(1, 4, 2));
        assertThat(behind.error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(behind.message()).contains("expected one from 2 on");
        ByteBuf damaged = at(2, 4, 2);
        damaged.setByte(damaged.writerIndex() - 1, 0x7f);
        assertThat(fixture.log.appendAsFollower(damaged).error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(fixture.log.view().logEndOffset()).isEqualTo(2);
    }

    private static ByteBuf at(long baseOffset, int epoch, int records) {
        ByteBuf buffer = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, LogFixture.START_MS)
                .baseOffset(baseOffset)
                .leaderEpoch(epoch);
        for (int i = 0; i < records; i++) {
            builder.append(LogFixture.START_MS, null, new byte[20]);
        }
        builder.build();
        return buffer;
    }

    @Test
    void aFailedWriteIsTakenAwaySoThatNoAppendFollowsIt() {
        fixture.append(2, 100);
        fixture.directory.failWrites = "No space left on device";
        assertThat(fixture.append(2, 100).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        fixture.directory.failWrites = null;
        assertThat(fixture.directory.health().isOnline()).isTrue();
        fixture.directory.health().space().onMeasured(1000, 1000, 0);
        assertThat(fixture.append(1, 100).baseOffset()).isEqualTo(2);
        fixture.crashAndRecover();
        assertThat(fixture.readAll(0, 3)).containsExactly(0L, 2L);
    }

    @Test
    void aFailedWriteThatCannotBeTakenAwayFencesTheLog() {
        fixture.append(2, 100);
        fixture.directory.failWrites = "broken";
        fixture.directory.failTruncations = true;
        assertThat(fixture.append(2, 100).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        fixture.directory.failWrites = null;
        AppendResult next = fixture.append(1, 100);
        assertThat(next.error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(next.message()).contains("fenced");
        assertThat(fixture.directory.health().isOnline()).isFalse();
        fixture.directory.failTruncations = false;
        fixture.crashAndRecover();
        assertThat(fixture.log.view().logEndOffset()).isEqualTo(2);
    }

    @Test
    void rollsByTheTimeBetweenRecords() {
        LogConfig.Segments base = LogConfig.DEFAULT.segments();
        fixture.log.reconfigure(LogConfig.DEFAULT.withSegments(new LogConfig.Segments(
                base.sizeBytes(), 1000, 0, base.indexSizeBytes(), 4096, false, base.fileDeleteDelayMs())));
        fixture.append(1, 10);
        fixture.clock.nowMs += 1000;
        fixture.append(1, 10);
        assertThat(fixture.log.view().segmentCount()).isEqualTo(1);
        fixture.clock.nowMs += 1;
        fixture.append(1, 10);
        assertThat(fixture.log.view().segmentBaseOffsets()).containsExactly(0L, 2L);
    }

    @Test
    void rollsWhenAnIndexIsFull() {
        LogConfig.Segments base = LogConfig.DEFAULT.segments();
        fixture.log.reconfigure(LogConfig.DEFAULT.withSegments(
                new LogConfig.Segments(base.sizeBytes(), base.rollMs(), 0, 5 * 12, 100, false, 60_000)));
        for (int i = 0; i < 40; i++) {
            fixture.clock.nowMs++;
            fixture.append(1, 200);
        }
        assertThat(fixture.log.view().segmentCount()).isGreaterThan(5);
        assertThat(fixture.readAll(0, 40)).hasSize(40);
    }

    @Test
    void rollsWhenAnOffsetIsTooFarFromTheBase() {
        fixture.log.appendAsFollower(at(0, 0, 1));
        long far = 3L * Integer.MAX_VALUE;
        assertThat(fixture.log.appendAsFollower(at(far, 0, 2)).isSuccess()).isTrue();
        assertThat(fixture.log.view().segmentBaseOffsets()).containsExactly(0L, far);
        assertThat(fixture.readAll(0, far + 2)).containsExactly(0L, far);
        assertThat(fixture.readAll(1, far + 2)).containsExactly(far);
    }

    @Test
    void deletedSegmentsStayReadableForThoseWhoHaveThem() throws Exception {
        fixture.append(1, 200_000);
        FetchedRecords held = read(0, 1);
        LogView old = fixture.log.view();
        fixture.log.roll();
        fixture.append(1, 10);
        fixture.log.advanceHighWatermark(2);
        assertThat(fixture.log.deleteSegmentsBefore(1, "test")).isEqualTo(1);
        fixture.settle();
        assertThat(read(0, 2).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(LogFixture.bytes(old.read(0, 1 << 20, 1, FirstBatch.WHOLE)).readableBytes())
                .isGreaterThan(200_000);
        Path deleted = directory.resolve("letters-0/00000000000000000000.log.deleted");
        assertThat(deleted).exists();
        fixture.loop.advanceMs(60_000);
        fixture.settle();
        assertThat(deleted).doesNotExist();
        assertThat(LogFixture.bytes(held).readableBytes()).isGreaterThan(200_000);
        assertThat(old.read(0, 1 << 20, 1, FirstBatch.WHOLE).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(fixture.directory.health().isOnline()).isTrue();
    }

    @Test
    void findsRecordsByTime() throws Exception {
        long t = LogFixture.START_MS;
        ByteBuf batch = Unpooled.buffer();
        new RecordBatchBuilder(batch, t)
                .append(t + 10, null, new byte[5])
                .append(t + 30, null, new byte[5])
                .append(t + 20, null, new byte[5])
                .build();
        fixture.append(batch, 6);
        fixture.log.roll();
        fixture.append(LogFixture.batch(2, 5, t + 25), 7);
        LogView view = fixture.log.view();
        assertThat(view.offsetForTimestamp(t)).contains(new TimestampedOffset(t + 10, 0, 6));
        assertThat(view.offsetForTimestamp(t + 11)).contains(new TimestampedOffset(t + 30, 1, 6));
        assertThat(view.offsetForTimestamp(t + 31)).isEmpty();
        assertThat(view.offsetOfMaxTimestamp()).contains(new TimestampedOffset(t + 30, 1, 6));
        fixture.log.advanceHighWatermark(5);
        fixture.log.deleteRecordsBefore(2);
        assertThat(fixture.log.view().offsetForTimestamp(t)).contains(new TimestampedOffset(t + 20, 2, 6));
        fixture.restartCleanly();
        assertThat(fixture.log.view().offsetForTimestamp(t + 21)).contains(new TimestampedOffset(t + 25, 3, 7));
    }

    @Test
    void theLastStableOffsetWaitsForTransactionsAndAbortedOnesAreTold() throws Exception {
        fixture.append(1, 10);
        KafkaIndexTest.transactional(fixture, 5, 0);
        fixture.append(1, 10);
        fixture.log.advanceHighWatermark(3);
        assertThat(fixture.log.view().lastStableOffset()).isEqualTo(1);
        KafkaIndexTest.end(fixture, 5, Outcome.ABORT);
        assertThat(fixture.log.view().lastStableOffset()).isEqualTo(1);
        fixture.log.advanceHighWatermark(4);
        LogView view = fixture.log.view();
        assertThat(view.lastStableOffset()).isEqualTo(4);
        FetchedRecords fetched = view.read(0, 1 << 20, 4, FirstBatch.WHOLE);
        assertThat(view.abortedTransactions(fetched)).containsExactly(new AbortedTransaction(5, 1, 3, 4));
        fetched.release();
        fixture.crashAndRecover();
        FetchedRecords again = fixture.log.view().read(0, 1 << 20, 4, FirstBatch.WHOLE);
        assertThat(fixture.log.view().abortedTransactions(again)).hasSize(1);
        again.release();
    }

    @Test
    void theLogStartMovesUpToTheHighWatermarkOnly() {
        fixture.append(5, 10);
        fixture.append(5, 10);
        fixture.log.advanceHighWatermark(5);
        assertThat(fixture.log.deleteRecordsBefore(6)).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fixture.log.deleteRecordsBefore(4)).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.log.deleteRecordsBefore(2)).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.log.view().logStartOffset()).isEqualTo(4);
        assertThat(read(3, 10).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void aClosedLogHasFilesAsLongAsTheirContent() throws Exception {
        for (int i = 0; i < 20; i++) {
            fixture.append(1, 1000);
        }
        fixture.log.close();
        fixture.settle();
        assertThat(Files.size(directory.resolve("letters-0/00000000000000000000.index")) % 8)
                .isZero();
        assertThat(directory.resolve("letters-0/00000000000000000020.snapshot")).exists();
        assertThat(fixture.append(1, 10).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        fixture.open(true, 0, 0);
    }

    @Test
    void onlyItsHomeLoopMayChangeIt() {
        fixture.loop.leave();
        assertThatThrownBy(() -> fixture.log.roll())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("letters-0");
        fixture.loop.enter();
        fixture.log.roll();
    }
}
