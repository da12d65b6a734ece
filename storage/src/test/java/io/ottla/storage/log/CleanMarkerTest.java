package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.record.AppendOrigin;
import io.ottla.storage.file.CleanShutdownMarker;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.OffsetCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a directory is only marked as cleanly shut down if all of it is on disk, however full or broken the disk is
 * (KAFKA-13773). Method: a store whose files fail at its end, or at its start.
 */
class CleanMarkerTest {
    private static final String FULL = "No space left on device";
    private static final String BROKEN = "Input/output error";

    @TempDir
    private Path path;

    private FaultyDirectory directory;
    private CleanerFixture fixture;

    @BeforeEach
    void open() {
        fixture = new CleanerFixture(path, CleanerFixture.compacted(900), this::wrap);
        for (int i = 0; i < 30; i++) {
            fixture.put("key" + i % 3, "value" + i);
        }
        fixture.clean();
        fixture.put("last", "value");
    }

    private LogDirectory wrap(LogDirectory real) {
        directory = new FaultyDirectory(real);
        return directory;
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    /** Ends the broker; whether the next one finds a marker. */
    private boolean endsCleanly() {
        var closed = fixture.store.close(7).toCompletableFuture();
        fixture.settle();
        assertThat(closed).isCompleted();
        return Files.exists(path.resolve(CleanShutdownMarker.FILE_NAME));
    }

    private void assertEverythingIsThereAfterAStart() {
        fixture.open();
        assertThat(fixture.readAll())
                .extracting(CleanerFixture.Read::key)
                .containsExactly("key0", "key1", "key2", "last");
        assertThat(fixture.log.view().logEndOffset()).isEqualTo(31);
    }

    @Test
    void aDirectoryThatIsAllOnDiskIsMarked() {
        assertThat(endsCleanly()).isTrue();
        assertEverythingIsThereAfterAStart();
        assertThat(fixture.store.previousBrokerEpoch()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OffsetCheckpoint.RECOVERY_POINTS,
                OffsetCheckpoint.LOG_START_OFFSETS,
                OffsetCheckpoint.HIGH_WATERMARKS,
                OffsetCheckpoint.CLEANED_OFFSETS
            })
    void aCheckpointThatFindsNoRoomKeepsTheMarkerAway(String checkpoint) {
        directory.failReplaces = FULL;
        directory.unreplaceable = checkpoint::equals;
        assertThat(endsCleanly()).isFalse();
        assertThat(directory.health().isOnline()).isTrue();
        assertEverythingIsThereAfterAStart();
    }

    @Test
    void aCheckpointThatCannotBeWrittenKeepsTheMarkerAway() {
        directory.failReplaces = BROKEN;
        directory.unreplaceable = OffsetCheckpoint.HIGH_WATERMARKS::equals;
        assertThat(endsCleanly()).isFalse();
        assertThat(directory.health().isOnline()).isFalse();
        assertEverythingIsThereAfterAStart();
    }

    @ParameterizedTest
    @ValueSource(strings = {FULL, BROKEN})
    void aSnapshotThatCannotBeWrittenKeepsTheMarkerAway(String error) {
        directory.failReplaces = error;
        directory.unreplaceable = name -> name.endsWith(".snapshot");
        fixture.append(fixture.batch(7, 0, false, "last", "value"), AppendOrigin.CLIENT);
        assertThat(endsCleanly()).isFalse();
        fixture.open();
        assertThat(fixture.log.producers().producer(7).lastSequence()).isZero();
    }

    @Test
    void aLogThatCannotBeForcedKeepsTheMarkerAway() {
        directory.failForces = true;
        assertThat(endsCleanly()).isFalse();
        assertEverythingIsThereAfterAStart();
    }

    @ParameterizedTest
    @ValueSource(strings = {FULL, BROKEN})
    void aMarkerThatCannotBeWrittenIsNone(String error) {
        directory.failReplaces = error;
        directory.unreplaceable = CleanShutdownMarker.FILE_NAME::equals;
        assertThat(endsCleanly()).isFalse();
        assertEverythingIsThereAfterAStart();
    }

    @Test
    void aLogThatCouldNotBeLoadedKeepsTheMarkerAway() throws IOException {
        fixture.crash();
        fixture.close();
        Path epochs = path.resolve("letters-0").resolve("leader-epoch-checkpoint");
        Files.deleteIfExists(epochs);
        Files.createDirectory(epochs); // Nothing that can be read.
        fixture.openStore();
        assertThat(fixture.store.loaded(CleanerFixture.PARTITION)).isNull();
        assertThat(endsCleanly()).isFalse();
        Files.delete(epochs);
        assertEverythingIsThereAfterAStart();
    }
}
