package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.storage.index.OffsetIndex;
import io.ottla.storage.index.TimeIndex;
import io.ottla.storage.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: an index that is damaged where recovery does not look costs nothing but the time to build it anew. Method: files of a
 * segment far below the recovery point are damaged, and the log is loaded as after a loss of power.
 */
class DamagedIndexTest {
    private static final int SEGMENT_BYTES = 32 << 10;
    private static final int BATCHES = 300;

    @TempDir
    private Path directory;

    private LogFixture fixture;
    private List<Long> before;

    @BeforeEach
    void fill() {
        fixture = new LogFixture(directory, LogFixture.smallSegments(SEGMENT_BYTES));
        for (int i = 0; i < BATCHES; i++) {
            fixture.clock.nowMs += 1_000;
            assertThat(fixture.append(2, 100).message()).isNull();
        }
        fixture.log.flushed(fixture.log.view().logEndOffset());
        fixture.settle();
        before = fixture.readAll(0, 2 * BATCHES);
        assertThat(fixture.log.view().segmentBaseOffsets()).hasSizeGreaterThan(2);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private Path file(String suffix) {
        return directory.resolve("letters-0").resolve(SegmentFiles.name(0, suffix));
    }

    private void damageTail(String suffix) throws IOException {
        Files.write(file(suffix), new byte[] {1, 2, 3, 4, 5, 6, 7}, StandardOpenOption.APPEND);
    }

    private void assertEverythingIsFound() throws IOException {
        assertThat(fixture.readAll(0, 2 * BATCHES)).isEqualTo(before);
        for (int i = 0; i < BATCHES; i++) {
            long timestampMs = LogFixture.START_MS + 1_000L * (i + 1);
            assertThat(TimestampSearch.firstAtOrAfter(fixture.log.view(), timestampMs))
                    .hasValueSatisfying(found -> assertThat(found.timestampMs()).isEqualTo(timestampMs));
        }
        assertThat(fixture.directory.health().isOnline()).isTrue();
    }

    @Test
    void aTornTailOfAnIndexBelowTheRecoveryPointIsMendedWhenItIsReadFirst() throws Exception {
        damageTail(OffsetIndex.SUFFIX);
        damageTail(TimeIndex.SUFFIX);
        fixture.crashAndRecover();
        assertEverythingIsFound();
        assertThat(Files.size(file(OffsetIndex.SUFFIX)) % 8).isZero();
        assertThat(Files.size(file(OffsetIndex.SUFFIX))).isPositive();
        assertThat(Files.size(file(TimeIndex.SUFFIX)) % 12).isZero();
        assertThat(Files.size(file(TimeIndex.SUFFIX))).isPositive();
    }

    @Test
    void entriesThatGoBackAreNotBelieved() throws Exception {
        for (String suffix : List.of(OffsetIndex.SUFFIX, TimeIndex.SUFFIX)) {
            byte[] bytes = Files.readAllBytes(file(suffix));
            Arrays.fill(bytes, bytes.length / 2, bytes.length - 4, (byte) 0);
            Files.write(file(suffix), bytes);
        }
        fixture.crashAndRecover();
        assertEverythingIsFound();
    }
}
