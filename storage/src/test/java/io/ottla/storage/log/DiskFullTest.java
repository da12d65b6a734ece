package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.storage.file.SpaceReserve;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: a full directory refuses what clients append, nothing else, and recovers. Method: measurements and faults as told. */
class DiskFullTest {
    private static final long RESERVE = 1000;
    private static final long TOTAL = 1_000_000;

    @TempDir
    private Path path;

    private LogFixture fixture;
    private SpaceReserve space;

    @BeforeEach
    void open() {
        fixture = new LogFixture(path, LogFixture.smallSegments(1 << 20));
        space = fixture.directory.health().space();
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.NONE);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private ErrorCode append(AppendOrigin origin) {
        ByteBuf batch = LogFixture.batch(1, 100, LogFixture.START_MS);
        try {
            return fixture.log.append(batch, 0, origin).error();
        } finally {
            batch.release();
        }
    }

    @Test
    void belowTheReserveOnlyClientsAreRefused() {
        space.onMeasured(RESERVE - 1, TOTAL, RESERVE);
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(append(AppendOrigin.COORDINATOR)).isEqualTo(ErrorCode.NONE);
        ByteBuf replicated = LogFixture.batch(1, 100, LogFixture.START_MS);
        replicated.setLong(0, 2);
        assertThat(fixture.log.appendAsFollower(replicated).isSuccess()).isTrue();
        replicated.release();
        fixture.log.advanceHighWatermark(3);
        assertThat(fixture.readAll(0, 3)).isEqualTo(List.of(0L, 1L, 2L));
        assertThat(fixture.log.deleteRecordsBefore(2)).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.directory.health().isOnline()).isTrue();
    }

    @Test
    void whatClientsAppendBetweenTwoMeasurementsCounts() {
        space.onMeasured(RESERVE + 400, TOTAL, RESERVE);
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.NONE);
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.NONE);
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(append(AppendOrigin.COORDINATOR)).isEqualTo(ErrorCode.NONE);
        assertThat(space.isExhausted()).isTrue();
    }

    @Test
    void clientsAreAcceptedAgainWhenThereIsHalfOfTheReserveMore() {
        space.onMeasured(RESERVE - 1, TOTAL, RESERVE);
        space.onMeasured(RESERVE + RESERVE / 2 - 1, TOTAL, RESERVE);
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        space.onMeasured(RESERVE + RESERVE / 2, TOTAL, RESERVE);
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.NONE);
        space.onMeasured(RESERVE + 200, TOTAL, RESERVE);
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theReserveTakesOnlyASmallPartOfASmallFileSystem() {
        space.onMeasured(60, 1000, RESERVE);
        assertThat(space.isExhausted()).isFalse();
        space.onMeasured(49, 1000, RESERVE);
        assertThat(space.isExhausted()).isTrue();
    }

    @Test
    void aWriteThatFindsNoRoomLeavesNothingAndStopsClientsUntilItIsMeasured() {
        fixture.directory.failWrites = "No space left on device";
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(space.isExhausted()).isTrue();
        fixture.directory.failWrites = null;
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        space.onMeasured(10 * RESERVE, TOTAL, RESERVE);
        assertThat(append(AppendOrigin.CLIENT)).isEqualTo(ErrorCode.NONE);
        fixture.crashAndRecover();
        assertThat(fixture.log.view().logEndOffset()).isEqualTo(2);
        assertThat(fixture.directory.health().isOnline()).isTrue();
    }

    @Test
    void aCheckpointThatFindsNoRoomTakesNothingOffline() {
        fixture.log.beginLeaderEpoch(3);
        fixture.directory.failWrites = "No space left on device";
        fixture.log.beginLeaderEpoch(4);
        fixture.settle();
        assertThat(fixture.directory.health().isOnline()).isTrue();
    }
}
