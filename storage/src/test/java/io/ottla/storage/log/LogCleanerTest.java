package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.compaction.CleanerSettings;
import io.ottla.storage.log.CleanerFixture.Read;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: what the cleaner keeps, what it drops, and when. Method: small logs, cleaned on a loop that runs by hand. */
class LogCleanerTest {
    @TempDir
    private Path root;

    private CleanerFixture fixture;

    private CleanerFixture open(LogConfig config) {
        fixture = new CleanerFixture(root, config, UnaryOperator.identity());
        return fixture;
    }

    private CleanerFixture open() {
        return open(CleanerFixture.compacted(1 << 20));
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private List<String> left() {
        return fixture.readAll().stream()
                .map(read -> read.key() + "=" + read.value())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void keepsTheLastRecordOfEachKeyAtItsOffsetAndInItsCodec(CompressionCodec codec) {
        open();
        fixture.append(fixture.batch(codec, "a", "1", "b", "1", "c", "1"), AppendOrigin.CLIENT);
        fixture.append(fixture.batch(codec, "a", "2", "d", "1"), AppendOrigin.CLIENT);
        fixture.clean();
        assertThat(fixture.readAll())
                .containsExactly(
                        new Read(1, "b", "1", LogFixture.START_MS),
                        new Read(2, "c", "1", LogFixture.START_MS),
                        new Read(3, "a", "2", LogFixture.START_MS),
                        new Read(4, "d", "1", LogFixture.START_MS));
        ByteBuf bytes = fixture.bytes();
        assertThat(RecordBatch.codec(bytes, 0)).isEqualTo(codec);
        assertThat(RecordBatch.lastOffset(bytes, 0)).isEqualTo(2);
        assertThat(fixture.log.cleanedOffset()).isEqualTo(5);
    }

    @Test
    void leavesTheActiveSegmentAlone() {
        open();
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.commit();
        fixture.cleaner.look();
        fixture.settle();
        assertThat(left()).containsExactly("a=1", "a=2");
    }

    @Test
    void aTombstoneStaysUntilItsHorizonAndGoesThen() {
        open();
        fixture.put("a", "1");
        fixture.put("b", "1");
        fixture.put("a", null);
        fixture.put("c", "1");
        fixture.clean();
        assertThat(left()).containsExactly("b=1", "a=null", "c=1");
        fixture.put("d", "1");
        fixture.clean();
        assertThat(left()).containsExactly("b=1", "a=null", "c=1", "d=1");
        assertThat(fixture.readAll().get(1).timestampMs()).isEqualTo(LogFixture.START_MS);
        fixture.clock.nowMs += CleanerFixture.DELETE_RETENTION_MS;
        fixture.put("e", "1");
        fixture.clean();
        assertThat(left()).containsExactly("b=1", "c=1", "d=1", "e=1");
    }

    @Test
    void nothingPastTheHighWatermarkIsCleaned() {
        open();
        fixture.put("a", "1");
        fixture.commit();
        fixture.log.roll();
        fixture.put("a", "2");
        fixture.log.roll();
        fixture.cleaner.look();
        fixture.settle();
        assertThat(left()).containsExactly("a=1", "a=2");
        assertThat(fixture.log.cleanedOffset()).isLessThanOrEqualTo(1);
    }

    @Test
    void nothingPastTheLastStableOffsetIsCleaned() {
        open();
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.log.roll();
        fixture.append(fixture.batch(7, 0, true, "a", "3"), AppendOrigin.CLIENT);
        fixture.put("a", "4");
        fixture.clean();
        assertThat(left()).containsExactly("a=2", "a=3", "a=4");
        fixture.append(fixture.marker(7, Outcome.COMMIT), AppendOrigin.COORDINATOR);
        fixture.clean();
        assertThat(left()).containsExactly("a=4");
    }

    @Test
    void abortedRecordsGoAndDoNotCountAsLastOnes() {
        open();
        fixture.put("a", "1");
        fixture.append(fixture.batch(7, 0, true, "a", "2", "b", "2"), AppendOrigin.CLIENT);
        fixture.append(fixture.marker(7, Outcome.ABORT), AppendOrigin.COORDINATOR);
        fixture.append(fixture.batch(8, 0, true, "c", "3"), AppendOrigin.CLIENT);
        fixture.append(fixture.marker(8, Outcome.COMMIT), AppendOrigin.COORDINATOR);
        fixture.clean();
        assertThat(left()).containsExactly("a=1", "c=3");
    }

    @Test
    void aMarkerStaysUntilItsRecordsAreGoneAndForAHorizonAfterThat() throws Exception {
        open();
        fixture.append(fixture.batch(7, 0, true, "a", "1"), AppendOrigin.CLIENT);
        fixture.append(fixture.marker(7, Outcome.ABORT), AppendOrigin.COORDINATOR);
        fixture.append(fixture.batch(7, 1, true, "b", "1"), AppendOrigin.CLIENT);
        fixture.append(fixture.marker(7, Outcome.COMMIT), AppendOrigin.COORDINATOR);
        assertThat(controlBatches()).isEqualTo(2);
        fixture.clean(); // The aborted record is seen, and goes.
        assertThat(controlBatches()).isEqualTo(2);
        assertThat(fixture.log.view().allSegments().get(0).transactionIndex().all())
                .hasSize(1);
        fixture.put("c", "1");
        fixture.clean(); // No record of the aborted transaction is seen: its marker gets a horizon.
        assertThat(controlBatches()).isEqualTo(2);
        assertThat(fixture.log.view().allSegments().get(0).transactionIndex().all())
                .isEmpty();
        fixture.clock.nowMs += CleanerFixture.DELETE_RETENTION_MS;
        fixture.put("d", "1");
        fixture.clean();
        assertThat(controlBatches()).isEqualTo(1);
        assertThat(left()).containsExactly("b=1", "c=1", "d=1");
    }

    private int controlBatches() {
        ByteBuf all = fixture.bytes();
        int count = 0;
        for (int at = 0; at < all.readableBytes(); at += RecordBatch.sizeBytes(all, at)) {
            count += RecordBatch.isControl(all, at) && RecordBatch.recordCount(all, at) > 0 ? 1 : 0;
        }
        return count;
    }

    @Test
    void theLastBatchOfAProducerStaysEmptyAndIsFoundByARecovery() {
        open();
        fixture.append(fixture.batch(7, 0, false, "a", "1"), AppendOrigin.CLIENT);
        fixture.append(fixture.batch(7, 1, false, "a", "2"), AppendOrigin.CLIENT);
        fixture.put("a", "3");
        fixture.put("b", "1");
        fixture.clean();
        assertThat(left()).containsExactly("a=3", "b=1");
        assertThat(RecordBatch.lastOffset(fixture.bytes(), 0)).isEqualTo(1);
        assertThat(RecordBatch.recordCount(fixture.bytes(), 0)).isZero();
        deleteSnapshots();
        fixture.crash();
        assertThat(fixture.log.producers().producer(7).lastSequence()).isEqualTo(1);
        fixture.append(fixture.batch(7, 2, false, "c", "1"), AppendOrigin.CLIENT);
    }

    private void deleteSnapshots() {
        try {
            for (String file : fixture.files()) {
                if (file.endsWith(".snapshot")) {
                    Files.delete(root.resolve("letters-0").resolve(file));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theLogEndIsKnownFromTheFilesEvenIfItsLastRecordsAreGone() {
        open();
        fixture.put("a", "1");
        fixture.put("b", "1");
        fixture.append(fixture.batch(7, 0, true, "c", "1"), AppendOrigin.CLIENT);
        fixture.append(fixture.marker(7, Outcome.ABORT), AppendOrigin.COORDINATOR);
        fixture.clean();
        fixture.clock.nowMs += 2 * CleanerFixture.DELETE_RETENTION_MS;
        long end = fixture.log.view().logEndOffset();
        ByteBuf bytes = fixture.bytes();
        long last = -1;
        for (int at = 0; at < bytes.readableBytes(); at += RecordBatch.sizeBytes(bytes, at)) {
            last = RecordBatch.lastOffset(bytes, at);
        }
        assertThat(last).isEqualTo(end - 1);
    }

    @Test
    void recordsYoungerThanTheMinimalLagAreLeftAlone() {
        open(CleanerFixture.compacted(1 << 20, new LogConfig.Compaction(0, 0, 5000, Long.MAX_VALUE)));
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.clean();
        assertThat(left()).containsExactly("a=1", "a=2");
        fixture.clock.nowMs += 6000;
        fixture.clean();
        assertThat(left()).containsExactly("a=2");
    }

    @Test
    void aLogThatIsNotDirtyEnoughIsCleanedOnceItIsOverdue() {
        open(CleanerFixture.compacted(1 << 20, new LogConfig.Compaction(1, 0, 0, 5000)));
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.clean();
        assertThat(left()).containsExactly("a=1", "a=2");
        fixture.clock.nowMs += 6000;
        fixture.clean();
        assertThat(left()).containsExactly("a=2");
    }

    @Test
    void aQuietActiveSegmentIsSealedWhenItIsOld() {
        LogConfig config = CleanerFixture.compacted(1 << 20, new LogConfig.Compaction(1, 0, 0, 5000));
        LogConfig.Segments base = config.segments();
        open(config.withSegments(new LogConfig.Segments(
                base.sizeBytes(), 5000, 0, base.indexSizeBytes(), base.indexIntervalBytes(), false, 60_000)));
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.commit();
        fixture.clock.nowMs += 6000;
        fixture.cleaner.look();
        fixture.settle();
        fixture.cleaner.look();
        fixture.settle();
        assertThat(left()).containsExactly("a=2");
    }

    @Test
    void smallSegmentsBecomeOneAndTheirFilesGo() {
        open(CleanerFixture.compacted(2000));
        for (int i = 0; i < 200; i++) {
            fixture.put("key" + i % 10, "value" + i);
        }
        int before = fixture.log.view().segmentCount();
        fixture.clean(); // What is full stays apart, until it is seen how little is left.
        fixture.put("key0", "last");
        fixture.clean();
        assertThat(before).isGreaterThan(5);
        assertThat(fixture.log.view().segmentCount()).isLessThan(before);
        assertThat(fixture.readAll()).hasSize(10);
        fixture.loop.advanceMs(TimeUnit.MINUTES.toMillis(2));
        fixture.settle();
        assertThat(fixture.files())
                .noneMatch(name -> name.endsWith(".deleted") || name.endsWith(".cleaned") || name.endsWith(".swap"));
        assertThat(fixture.files().stream().filter(name -> name.endsWith(".log")))
                .hasSize(fixture.log.view().segmentCount());
    }

    @Test
    void aReaderOfTheOldSegmentsReadsOn() {
        open();
        fixture.put("a", "1");
        fixture.put("a", "2");
        LogView before = fixture.log.view();
        fixture.clean();
        ByteBuf old = LogFixture.bytes(before.read(0, 1 << 20, 2, LogView.FirstBatch.WHOLE));
        assertThat(RecordBatch.baseOffset(old, 0)).isZero();
        assertThat(left()).containsExactly("a=2");
    }

    @Test
    void littleMemoryMeansMoreRoundsNotOtherResults() {
        open(CleanerFixture.compacted(3000));
        fixture.cleaner.reconfigure(new CleanerSettings(1, 15_000, 60 * 24, 0.9, 1 << 16, Double.MAX_VALUE));
        for (int i = 0; i < 400; i++) {
            fixture.put("key" + i % 150, "value" + i);
        }
        for (int round = 0; round < 12; round++) {
            fixture.clean();
        }
        assertThat(fixture.readAll()).hasSize(150);
        assertThat(fixture.log.cleanedOffset()).isEqualTo(400);
    }

    @Test
    void aBatchOfMoreKeysThanFitSetsTheLogAsideAndOthersAreCleaned() {
        open();
        fixture.cleaner.reconfigure(new CleanerSettings(1, 15_000, 24 * 5, 0.9, 1 << 16, Double.MAX_VALUE));
        PartitionLog other = fixture.create(new TopicPartition("parcels", 0));
        fixture.append(
                fixture.batch(CompressionCodec.NONE, "a", "1", "b", "1", "c", "1", "d", "1", "e", "1", "f", "1"),
                AppendOrigin.CLIENT);
        fixture.clean();
        assertThat(fixture.cleaner.setAside()).containsOnlyKeys(CleanerFixture.PARTITION);
        fixture.log = other;
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.clean();
        assertThat(left()).containsExactly("a=2");
    }

    @Test
    void aDamagedLogIsSetAsideAndTheRestIsCleaned() throws Exception {
        open();
        PartitionLog other = fixture.create(new TopicPartition("parcels", 0));
        for (int i = 0; i < 5; i++) {
            fixture.put("a", "value" + i);
        }
        Path file = root.resolve("letters-0").resolve("00000000000000000000.log");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 3] ^= 0x55;
        Files.write(file, bytes);
        fixture.clean();
        assertThat(fixture.cleaner.setAside().get(CleanerFixture.PARTITION)).contains("checksum");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        assertThat(fixture.files()).noneMatch(name -> name.endsWith(".cleaned"));
        assertThat(fixture.directory.health().isOnline()).isTrue();
        fixture.log = other;
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.clean();
        assertThat(left()).containsExactly("a=2");
    }

    @Test
    void aLogThatIsCutWhileItIsCleanedStaysAsItWasCut() {
        open();
        for (int i = 0; i < 20; i++) {
            fixture.put("key" + i % 3, "value" + i);
        }
        fixture.commit();
        fixture.log.roll();
        fixture.cleaner.look();
        fixture.loop.runAll();
        fixture.tasks.remove().run(); // The job has begun.
        fixture.log.truncateTo(10);
        List<Read> cut = fixture.readAll();
        fixture.settle();
        assertThat(fixture.readAll()).isEqualTo(cut).hasSize(10);
        assertThat(fixture.log.cleanedOffset()).isEqualTo(-1);
        fixture.log.roll();
        fixture.clean();
        assertThat(fixture.readAll()).hasSize(3);
    }

    @Test
    void aLogThatIsDeletedWhileItIsCleanedLeavesNothing() {
        open();
        for (int i = 0; i < 20; i++) {
            fixture.put("key" + i % 3, "value" + i);
        }
        fixture.commit();
        fixture.log.roll();
        fixture.cleaner.look();
        fixture.loop.runAll();
        fixture.tasks.remove().run();
        fixture.store.delete(CleanerFixture.PARTITION);
        fixture.settle();
        fixture.loop.advanceMs(TimeUnit.MINUTES.toMillis(2));
        fixture.settle();
        assertThat(fixture.directory.exists("letters-0")).isFalse();
        assertThat(fixture.directory.health().isOnline()).isTrue();
        assertThat(fixture.cleaner.setAside()).isEmpty();
    }

    @Test
    void aRestartKnowsHowFarTheLogIsClean() {
        open();
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.clean();
        fixture.restartCleanly();
        assertThat(fixture.log.cleanedOffset()).isEqualTo(2);
        assertThat(left()).containsExactly("a=2");
        assertThat(root.resolve("cleaner-offset-checkpoint")).hasContent("0\n1\nletters 0 2\n");
    }

    @Test
    void theThrottleSpreadsTheWorkOverTime() {
        open();
        fixture.settings = new CleanerSettings(1, 15_000, 1 << 20, 0.9, 1 << 16, 100_000);
        fixture.restartCleanly();
        List<String> keysAndValues = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            keysAndValues.add("key" + i);
            keysAndValues.add("x".repeat(1000));
        }
        fixture.append(fixture.batch(CompressionCodec.NONE, keysAndValues.toArray(String[]::new)), AppendOrigin.CLIENT);
        fixture.put("key1", "1");
        fixture.clean();
        assertThat(fixture.readAll()).hasSize(101);
        int seconds = 0;
        while (fixture.readAll().size() > 100) {
            fixture.loop.advanceMs(500);
            fixture.settle();
            seconds++;
        }
        assertThat(seconds).isGreaterThanOrEqualTo(2);
    }
}
