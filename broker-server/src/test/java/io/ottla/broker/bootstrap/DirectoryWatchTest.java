package io.ottla.broker.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.storage.file.NioLogDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loss of one log directory after the other. */
class DirectoryWatchTest {

    @Test
    void theControllerIsToldOfEachButTheLastWhichStopsTheBroker(@TempDir Path root) throws IOException {
        try (NioLogDirectory first = NioLogDirectory.open(Files.createDirectory(root.resolve("a")));
                NioLogDirectory second = NioLogDirectory.open(Files.createDirectory(root.resolve("b")))) {
            List<String> events = new ArrayList<>();
            DirectoryWatch watch = new DirectoryWatch(
                    List.of(first, second),
                    failed -> events.add("offline " + failed.path().getFileName()),
                    () -> events.add("tell"));
            watch.start();
            watch.lastLost().thenRun(() -> events.add("stop"));
            first.health().takeOffline("a write", new IOException("gone"));
            first.health().takeOffline("another write", new IOException("gone"));
            assertThat(events).containsExactly("offline a", "tell");
            second.health().takeOffline("a write", new IOException("gone"));
            assertThat(events).containsExactly("offline a", "tell", "offline b", "stop");
        }
    }
}
