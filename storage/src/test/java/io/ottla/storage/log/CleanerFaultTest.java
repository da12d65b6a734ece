package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.storage.file.LogDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a disk that is full, or breaks, in the middle of a cleaning costs no record, and nobody waits for the cleaner for ever.
 * Method: one log whose directory fails when the test says so.
 */
class CleanerFaultTest {
    private static final String FULL = "No space left on device";
    private static final long SOON_MS = 2_000;

    @TempDir
    private Path path;

    private FaultyDirectory directory;
    private CleanerFixture fixture;

    private LogDirectory wrap(LogDirectory real) {
        directory = new FaultyDirectory(real);
        return directory;
    }

    @BeforeEach
    void open() {
        fixture = new CleanerFixture(path, CleanerFixture.compacted(1 << 20), this::wrap);
        fixture.put("a", "1");
        fixture.put("a", "2");
        fixture.put("b", "1");
        fixture.commit();
        fixture.log.roll();
        fixture.settle();
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

    private void look() {
        fixture.cleaner.look();
        fixture.settle();
    }

    private void assertTheCleanerCanStop() {
        var stopped = fixture.cleaner.stop().toCompletableFuture();
        fixture.settle();
        assertThat(stopped).isCompleted();
    }

    @Test
    void aCopyThatFindsNoRoomIsMadeAgainLater() {
        directory.failWrites = FULL;
        look();
        assertThat(directory.health().isOnline()).isTrue();
        assertThat(directory.health().space().isExhausted()).isTrue();
        assertThat(fixture.cleaner.setAside()).isEmpty();
        assertThat(fixture.files()).noneMatch(name -> name.endsWith(".cleaned"));
        assertThat(left()).containsExactly("a=1", "a=2", "b=1");
        directory.failWrites = null;
        look();
        assertThat(left()).containsExactly("a=2", "b=1");
    }

    @Test
    void aReplacementThatFindsNoRoomIsCompletedLater() {
        directory.failDirectoryForces = FULL;
        look();
        assertThat(directory.health().isOnline()).isTrue();
        assertThat(left()).containsExactly("a=2", "b=1");
        assertThat(fixture.files()).anyMatch(name -> name.endsWith(".swap"));
        directory.failDirectoryForces = null;
        fixture.loop.advanceMs(SOON_MS);
        fixture.settle();
        assertThat(fixture.files()).noneMatch(name -> name.endsWith(".swap"));
        assertTheCleanerCanStop();
        fixture.crash();
        assertThat(left()).containsExactly("a=2", "b=1");
    }

    @Test
    void aFullDiskDoesNotKeepTheBrokerFromEnding() {
        directory.failDirectoryForces = FULL;
        look();
        assertTheCleanerCanStop();
        var closed = fixture.store.close(1).toCompletableFuture();
        fixture.settle();
        assertThat(closed).isCompleted();
        fixture.open();
        assertThat(left()).containsExactly("a=2", "b=1");
    }

    @Test
    void aBrokenDiskTakesItsDirectoryOfflineAndTheCleanerGoesOn() {
        directory.failDirectoryForces = "Input/output error";
        look();
        assertThat(directory.health().isOnline()).isFalse();
        assertThat(fixture.cleaner.setAside()).isEmpty();
        assertTheCleanerCanStop();
        fixture.crash();
        assertThat(left()).containsExactly("a=2", "b=1");
    }

    @Test
    void aLogThatIsSetAsideIsTriedAgainAfterARestart() throws IOException {
        Path file = path.resolve("letters-0").resolve("00000000000000000000.log");
        byte[] good = Files.readAllBytes(file);
        byte[] damaged = good.clone();
        damaged[damaged.length - 3] ^= 0x55;
        Files.write(file, damaged);
        look();
        assertThat(fixture.cleaner.setAside()).containsOnlyKeys(CleanerFixture.PARTITION);
        Files.write(file, good); // Mended, as by an operator.
        look();
        assertThat(left()).containsExactly("a=1", "a=2", "b=1");
        fixture.restartCleanly();
        assertThat(fixture.cleaner.setAside()).isEmpty();
        look();
        assertThat(left()).containsExactly("a=2", "b=1");
    }

    @Test
    void aLogThatIsDeletedIsNotSetAsideAnyMore() throws IOException {
        Path file = path.resolve("letters-0").resolve("00000000000000000000.log");
        byte[] damaged = Files.readAllBytes(file);
        damaged[damaged.length - 3] ^= 0x55;
        Files.write(file, damaged);
        look();
        assertThat(fixture.cleaner.setAside()).hasSize(1);
        fixture.store.delete(CleanerFixture.PARTITION);
        fixture.settle();
        assertThat(fixture.cleaner.setAside()).isEmpty();
        fixture.log = fixture.create(CleanerFixture.PARTITION);
        fixture.put("c", "1");
        fixture.put("c", "2");
        fixture.clean();
        assertThat(left()).containsExactly("c=2");
    }
}
