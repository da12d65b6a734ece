package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: who waits for durability is answered after an fsync that began after the append, and not one fsync too many. */
class FlushTest {
    @TempDir
    private Path directory;

    private LogFixture fixture;

    @BeforeEach
    void open() {
        fixture = new LogFixture(directory, LogConfig.DEFAULT);
        fixture.settle();
    }

    @AfterEach
    void close() throws Exception {
        fixture.directory.failForces = false;
        fixture.close();
    }

    private CompletableFuture<Void> flushed() {
        return fixture.log.flushed(fixture.log.view().logEndOffset()).toCompletableFuture();
    }

    @Test
    void allThatWasWrittenWhenAnFsyncBeginsSharesIt() {
        fixture.append(1, 10);
        CompletableFuture<Void> first = flushed();
        fixture.append(1, 10);
        CompletableFuture<Void> second = flushed();
        int before = fixture.directory.forces;
        fixture.settle();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(fixture.directory.forces - before).isEqualTo(1);
        assertThat(fixture.log.recoveryPoint()).isEqualTo(2);
    }

    @Test
    void manyWhoComeDuringAnFsyncShareTheNextOne() {
        fixture.append(1, 10);
        fixture.settle();
        CompletableFuture<Void> first = flushed();
        fixture.workers.tasks.remove().run(); // The fsync is over, but the loop has not heard of it.
        int before = fixture.directory.forces;
        fixture.append(1, 10);
        CompletableFuture<Void> second = flushed();
        fixture.append(1, 10);
        CompletableFuture<Void> third = flushed();
        fixture.loop.runAll();
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(fixture.log.recoveryPoint()).isEqualTo(1);
        fixture.settle();
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(fixture.directory.forces - before).isEqualTo(1);
        assertThat(fixture.log.recoveryPoint()).isEqualTo(3);
    }

    @Test
    void aRollBeforeTheWorkerBeginsForcesBothSegments() {
        fixture.append(1, 10);
        CompletableFuture<Void> first = flushed();
        fixture.log.roll();
        fixture.append(1, 10);
        CompletableFuture<Void> second = flushed();
        fixture.settle();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(fixture.log.recoveryPoint()).isEqualTo(2);
        assertThat(fixture.workers.tasks).isEmpty();
    }

    @Test
    void whatIsOnDiskAlreadyIsAnsweredAtOnce() {
        fixture.append(1, 10);
        flushed();
        fixture.settle();
        assertThat(flushed()).isCompleted();
        assertThat(fixture.workers.tasks).isEmpty();
    }

    @Test
    void flushMessagesStartsAFlushWithoutAWaiter() {
        fixture.log.reconfigure(LogConfig.DEFAULT.withFlush(new LogConfig.Flush(3, Long.MAX_VALUE)));
        fixture.append(2, 10);
        fixture.settle();
        assertThat(fixture.log.recoveryPoint()).isZero();
        fixture.append(1, 10);
        fixture.settle();
        assertThat(fixture.log.recoveryPoint()).isEqualTo(3);
    }

    @Test
    void flushMsStartsAFlushInTime() {
        fixture.log.reconfigure(LogConfig.DEFAULT.withFlush(new LogConfig.Flush(Long.MAX_VALUE, 1000)));
        fixture.append(2, 10);
        fixture.loop.advanceMs(999);
        fixture.settle();
        assertThat(fixture.log.recoveryPoint()).isZero();
        fixture.loop.advanceMs(1);
        fixture.settle();
        assertThat(fixture.log.recoveryPoint()).isEqualTo(2);
    }

    @Test
    void aRollFlushesWhatIsBeforeTheNewSegment() {
        fixture.append(2, 10);
        fixture.log.roll();
        fixture.settle();
        assertThat(fixture.log.recoveryPoint()).isEqualTo(2);
        assertThat(fixture.log.view().segmentBaseOffsets()).containsExactly(0L, 2L);
    }

    /** After a loss of power nobody would look at indexes before the recovery point again. */
    @Test
    void theRecoveryPointWaitsForTheIndexesOfASegmentThatWasOnDiskBeforeItsRoll() {
        fixture.append(2, 10);
        flushed();
        fixture.settle();
        int before = fixture.directory.forces;
        fixture.log.roll();
        assertThat(fixture.log.indexedRecoveryPoint()).isEqualTo(1);
        fixture.settle();
        assertThat(fixture.log.indexedRecoveryPoint()).isEqualTo(2);
        assertThat(fixture.directory.forces - before).isGreaterThanOrEqualTo(3);
    }

    /** Found by the simulation: the file stayed torn after a loss of power, and cost the directory. */
    @Test
    void theIndexesOfASegmentThatIsRolledDuringAnFsyncAreForcedByTheNextOne() {
        fixture.append(2, 10);
        fixture.log.roll();
        fixture.append(2, 10);
        while (!fixture.workers.tasks.isEmpty()) {
            fixture.workers.tasks.remove().run(); // All records are on disk, but the loop has not heard of it.
        }
        fixture.log.roll();
        fixture.loop.runAll();
        assertThat(fixture.log.recoveryPoint()).isEqualTo(4);
        assertThat(fixture.log.indexedRecoveryPoint()).isEqualTo(2);
        int before = fixture.directory.forces;
        fixture.settle();
        assertThat(fixture.log.indexedRecoveryPoint()).isEqualTo(4);
        assertThat(fixture.directory.forces - before).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aTruncationWhileForcingTakesTheResultBack() {
        fixture.append(4, 10);
        CompletableFuture<Void> flushed = flushed();
        fixture.log.truncateTo(0);
        fixture.append(5, 10);
        while (!fixture.workers.tasks.isEmpty() && !flushed.isDone()) {
            fixture.workers.tasks.remove().run();
            if (fixture.log.recoveryPoint() > 0) {
                assertThat(fixture.log.recoveryPoint())
                        .isLessThanOrEqualTo(fixture.log.view().logEndOffset());
            }
            fixture.loop.runAll();
        }
        assertThat(flushed).isCompleted();
    }

    @Test
    void aFailedFsyncFailsTheWaitersAndTakesTheDirectoryOffline() {
        fixture.append(1, 10);
        CompletableFuture<Void> flushed = flushed();
        fixture.directory.failForces = true;
        fixture.settle();
        assertThat(flushed).isCompletedExceptionally();
        assertThat(fixture.directory.health().isOnline()).isFalse();
        assertThat(fixture.directory.health().offlineReason())
                .contains("flush of letters-0")
                .contains("cannot force");
        assertThat(fixture.append(1, 10).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(flushed()).isCompletedExceptionally();
    }
}
