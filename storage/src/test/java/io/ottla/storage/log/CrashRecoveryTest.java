package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.index.OffsetIndex;
import io.ottla.storage.index.TimeIndex;
import io.ottla.storage.segment.SegmentFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: after a crash everything before the recovery point is there, the log ends with a whole batch, and what follows is
 * appended without a gap. Method: files are cut or damaged at seeded random places past the recovery point, and the log
 * is loaded as after an unclean shutdown.
 */
class CrashRecoveryTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void keepsAllThatWasFlushedAndEndsAtTheLastGoodBatch(long seed) throws Exception {
        Random random = new Random(seed);
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(4096))) {
            for (int round = 0; round < 5; round++) {
                appendSome(fixture, random);
                fixture.log.flushed(fixture.log.view().logEndOffset());
                fixture.settle();
                long flushed = fixture.log.recoveryPoint();
                List<Long> before = fixture.readAll(0, flushed);
                long sizeBefore = activeSize(fixture);
                long activeBase = activeBase(fixture);
                appendSome(fixture, random); // What a roll would flush waits for the workers, in vain.
                damage(random, activeBase, sizeBefore);

                fixture.crashAndRecover();

                long end = fixture.log.view().logEndOffset();
                assertThat(end).isGreaterThanOrEqualTo(flushed);
                assertThat(fixture.readAll(0, flushed)).isEqualTo(before);
                assertThat(fixture.readAll(0, end)).startsWith(before.toArray(new Long[0]));
                assertThat(fixture.append(1, 10).baseOffset()).isEqualTo(end);
                assertThat(fixture.readAll(end, end + 1)).containsExactly(end);
            }
        }
    }

    private static void appendSome(LogFixture fixture, Random random) {
        int count = 1 + random.nextInt(30);
        for (int i = 0; i < count; i++) {
            assertThat(fixture.append(1 + random.nextInt(3), random.nextInt(200))
                            .message())
                    .isNull();
        }
    }

    private long activeBase(LogFixture fixture) {
        List<Long> bases = fixture.log.view().segmentBaseOffsets();
        return bases.get(bases.size() - 1);
    }

    private long activeSize(LogFixture fixture) throws IOException {
        return Files.size(file(activeBase(fixture), SegmentFiles.LOG_SUFFIX));
    }

    /** Cuts or damages a log file somewhere behind what was flushed, and its indexes anywhere. */
    private void damage(Random random, long flushedSegment, long flushedBytes) throws IOException {
        List<Long> candidates = new ArrayList<>();
        try (var names = Files.list(directory.resolve("letters-0"))) {
            names.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.endsWith(SegmentFiles.LOG_SUFFIX))
                    .map(SegmentFiles::offsetOf)
                    .filter(base -> base >= flushedSegment)
                    .sorted()
                    .forEach(candidates::add);
        }
        long base = candidates.get(random.nextInt(candidates.size()));
        long from = base == flushedSegment ? flushedBytes : 0;
        try (RandomAccessFile log =
                new RandomAccessFile(file(base, SegmentFiles.LOG_SUFFIX).toFile(), "rw")) {
            long room = log.length() - from;
            if (room > 0) {
                long at = from + random.nextInt((int) room);
                if (random.nextBoolean()) {
                    log.setLength(at);
                } else {
                    log.seek(at);
                    log.write(new byte[] {(byte) random.nextInt(), 0x5a, (byte) random.nextInt()});
                }
            }
        }
        byte[] garbage = new byte[random.nextInt(40)];
        random.nextBytes(garbage);
        Files.write(file(base, OffsetIndex.SUFFIX), garbage);
        Files.deleteIfExists(file(base, TimeIndex.SUFFIX));
    }

    private Path file(long base, String suffix) {
        return directory.resolve("letters-0").resolve(SegmentFiles.name(base, suffix));
    }

    @Test
    void cutsATailOfZerosThatALossOfPowerHasLeft() throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogConfig.DEFAULT)) {
            fixture.append(3, 100);
            try (RandomAccessFile log =
                    new RandomAccessFile(file(0, SegmentFiles.LOG_SUFFIX).toFile(), "rw")) {
                log.setLength(log.length() + 5000);
            }
            fixture.crashAndRecover();
            assertThat(fixture.log.view().logEndOffset()).isEqualTo(3);
            assertThat(Files.size(file(0, SegmentFiles.LOG_SUFFIX)))
                    .isEqualTo(fixture.log.view().sizeBytes());
        }
    }

    @Test
    void rebuildsIndexesThatAreMissingAfterACleanShutdown() throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(4096))) {
            for (int i = 0; i < 60; i++) {
                fixture.append(1, 100);
            }
            fixture.log.close();
            fixture.settle();
            byte[] before = Files.readAllBytes(file(0, OffsetIndex.SUFFIX));
            byte[] timesBefore = Files.readAllBytes(file(0, TimeIndex.SUFFIX));
            Files.delete(file(0, OffsetIndex.SUFFIX));
            fixture.open(true, 0, 0);
            assertThat(before).isNotEmpty();
            assertThat(Files.readAllBytes(file(0, OffsetIndex.SUFFIX))).isEqualTo(before);
            assertThat(Files.readAllBytes(file(0, TimeIndex.SUFFIX))).isEqualTo(timesBefore);
            assertThat(fixture.log.view().logEndOffset()).isEqualTo(60);
        }
    }

    /** Found by the simulation: a loss of power tore such an index, which no recovery looked at again. */
    @Test
    void forcesIndexesThatAreRebuiltBeforeTheRecoveryPoint() throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(4096))) {
            closeAfter60Records(fixture);
            Files.delete(file(0, OffsetIndex.SUFFIX));
            int before = fixture.directory.forces;
            fixture.open(true, 0, 0);
            assertThat(fixture.directory.forces - before).isGreaterThanOrEqualTo(2);
        }
    }

    /** Found by the simulation: it cost the whole log directory, at every start. */
    @Test
    void rebuildsAnIndexThatIsTornBeforeTheRecoveryPoint() throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(4096))) {
            closeAfter60Records(fixture);
            byte[] before = Files.readAllBytes(file(0, OffsetIndex.SUFFIX));
            Files.write(file(0, OffsetIndex.SUFFIX), Arrays.copyOf(before, before.length - 3));
            fixture.open(false, 60, 0);
            assertThat(Files.readAllBytes(file(0, OffsetIndex.SUFFIX))).isEqualTo(before);
            assertThat(fixture.readAll(0, 60)).hasSize(60);
        }
    }

    private static void closeAfter60Records(LogFixture fixture) {
        for (int i = 0; i < 60; i++) {
            fixture.append(1, 100);
        }
        fixture.log.close();
        fixture.settle();
    }

    @Test
    void knowsTheLeaderEpochsOfRecordsWhoseCheckpointWasNeverWritten() throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogConfig.DEFAULT)) {
            fixture.append(LogFixture.batch(2, 10, LogFixture.START_MS), 3);
            fixture.append(LogFixture.batch(2, 10, LogFixture.START_MS), 7);
            fixture.crashAndRecover();
            assertThat(fixture.log.view().leaderEpochs()).hasToString("[3@0, 7@2]");
        }
    }

    @Test
    void readsTheEpochsOutOfTheBatchesIfTheirCheckpointIsDamaged() throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogConfig.DEFAULT)) {
            fixture.append(LogFixture.batch(2, 10, LogFixture.START_MS), 3);
            fixture.append(LogFixture.batch(2, 10, LogFixture.START_MS), 7);
            fixture.log.close();
            fixture.settle();
            Files.write(directory.resolve("letters-0/leader-epoch-checkpoint"), new byte[20]);
            fixture.open(true, 0, 0);
            assertThat(fixture.log.view().leaderEpochs()).hasToString("[3@0, 7@2]");
        }
    }

    @Test
    void answersARetryAfterACrashWithTheOriginalOffsets() throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogConfig.DEFAULT)) {
            ByteBuf batch = Unpooled.directBuffer();
            new RecordBatchBuilder(batch, LogFixture.START_MS)
                    .producer(77, (short) 0, 0)
                    .append(LogFixture.START_MS, null, new byte[10])
                    .build();
            fixture.append(2, 10);
            assertThat(fixture.log.append(batch, 0, AppendOrigin.CLIENT).baseOffset())
                    .isEqualTo(2);
            fixture.append(2, 10);
            fixture.crashAndRecover();
            AppendResult retried = fixture.log.append(batch, 0, AppendOrigin.CLIENT);
            assertThat(retried.duplicate()).isTrue();
            assertThat(retried.baseOffset()).isEqualTo(2);
            fixture.restartCleanly();
            assertThat(fixture.log.append(batch, 0, AppendOrigin.CLIENT).duplicate())
                    .isTrue();
            assertThat(fixture.log.view().logEndOffset()).isEqualTo(5);
            batch.release();
        }
    }

    @Test
    void tidiesUpWhatInterruptedWorkHasLeft() throws Exception {
        try (LogFixture fixture = new LogFixture(directory, LogFixture.smallSegments(1024))) {
            for (int i = 0; i < 30; i++) {
                fixture.append(1, 100);
            }
            fixture.log.close();
            fixture.settle();
            List<Long> bases = fixture.log.view().segmentBaseOffsets();
            Path first = file(bases.get(0), SegmentFiles.LOG_SUFFIX);
            Files.copy(first, Path.of(first + ".swap"));
            Files.copy(first, Path.of(file(bases.get(1), ".log") + ".cleaned"));
            Files.write(file(9999, ".log.deleted"), new byte[3]);
            Files.write(file(8888, OffsetIndex.SUFFIX), new byte[8]);

            fixture.open(true, 0, 0);

            assertThat(fixture.log.view().segmentBaseOffsets()).isEqualTo(bases);
            assertThat(fixture.readAll(0, 30)).hasSize(30);
            assertThat(Files.exists(Path.of(first + ".swap"))).isFalse();
            assertThat(Files.exists(file(9999, ".log.deleted"))).isFalse();
            assertThat(Files.exists(file(8888, OffsetIndex.SUFFIX))).isFalse();
        }
    }
}
