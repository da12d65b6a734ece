package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.file.OpenFiles;
import io.ottla.storage.log.LogView.FirstBatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a log whose files are closed whenever they are idle behaves as one whose files stay open. Method: a directory that
 * keeps none open that is not in use, and a "second" that passes between any two steps.
 */
class IdleFilesTest {
    @TempDir
    private Path directory;

    private LogFixture fixture;

    @BeforeEach
    void open() {
        fixture = new LogFixture(directory, LogFixture.smallSegments(1024), new OpenFiles.Limits(64, 0));
        fixture.settle();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void passTime() {
        fixture.settle();
        OpenFiles files = fixture.directory.openFiles();
        for (int i = 0; i < 2; i++) {
            if (files.nextPeriod()) {
                files.closeIdle();
            }
        }
        assertThat(files.count()).isZero();
    }

    private void fill(int batches) {
        for (int i = 0; i < batches; i++) {
            assertThat(fixture.append(1, 100).message()).isNull();
            if (i % 7 == 0) {
                passTime();
            }
        }
    }

    private static Long[] upTo(long end) {
        return LongStream.range(0, end).boxed().toArray(Long[]::new);
    }

    @Test
    void appendsRollsAndReads() {
        fill(60);
        passTime();
        assertThat(fixture.log.view().segmentCount()).isGreaterThan(5);
        assertThat(fixture.readAll(0, 60)).containsExactly(upTo(60));
    }

    @Test
    void truncatesWhatIsClosed() {
        fill(60);
        Random random = new Random(5);
        for (long end = 60; end > 0; end -= 1 + random.nextInt(9)) {
            passTime();
            fixture.log.truncateTo(end);
            assertThat(fixture.log.view().logEndOffset()).isEqualTo(end);
            assertThat(fixture.readAll(0, end)).containsExactly(upTo(end));
        }
        assertThat(fixture.append(1, 100).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void deletesSegmentsThatAreClosedAndLetsReadersEnd() {
        fill(60);
        fixture.log.advanceHighWatermark(60);
        LogView before = fixture.log.view();
        passTime();
        List<Long> bases = fixture.log.view().segmentBaseOffsets();
        assertThat(fixture.log.deleteSegmentsBefore(bases.get(3), "test")).isEqualTo(3);
        // Renamed already, and opened under its new name.
        FetchedRecords late = before.read(0, 1 << 20, 60, FirstBatch.WHOLE);
        assertThat(late.error()).isEqualTo(ErrorCode.NONE);
        passTime();
        fixture.loop.advanceMs(fixture.config.segments().fileDeleteDelayMs());
        passTime();
        assertThat(LogFixture.bytes(late).isReadable()).isTrue();
        FetchedRecords tooLate = before.read(0, 1 << 20, 60, FirstBatch.WHOLE);
        assertThat(tooLate.error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(fixture.directory.health().isOnline()).isTrue();
        try (var files = java.nio.file.Files.list(directory.resolve("letters-0"))) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".deleted"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void flushesWhatWasWrittenBeforeItWasClosed() {
        fill(20);
        passTime();
        fixture.log.flushed(20);
        passTime();
        assertThat(fixture.log.recoveryPoint()).isEqualTo(20);
    }

    @Test
    void recoversFromACrash() {
        fill(60);
        passTime();
        fixture.crashAndRecover();
        passTime();
        assertThat(fixture.readAll(0, 60)).containsExactly(upTo(60));
        fill(10);
        fixture.restartCleanly();
        passTime();
        assertThat(fixture.readAll(0, 70)).containsExactly(upTo(70));
    }
}
