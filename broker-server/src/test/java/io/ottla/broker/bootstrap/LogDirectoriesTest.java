package io.ottla.broker.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.broker.cli.StartupException;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.storage.file.LogDirectory;
import io.ottla.storage.file.MetaProperties;
import io.ottla.storage.file.NioLogDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Log directories of which some are dead when the broker starts, for the reasons that a test can make. */
class LogDirectoriesTest {
    private static final String CLUSTER = "cluster-of-the-test";

    @TempDir
    private Path root;

    @Test
    void oneWithAFileInItsPlaceIsOfflineAndTheOthersAreUsed() throws IOException {
        Files.writeString(root.resolve("dead"), "not a directory");
        try (LogDirectories directories = open("first", "dead", "last")) {
            directories.claim(7, CLUSTER);
            assertThat(online(directories)).containsExactly("first", "last");
            assertThat(directories.all().get(1).path()).isEqualTo(root.resolve("dead"));
            assertThat(MetaProperties.read(directories.all().get(0))).contains(new MetaProperties(7, CLUSTER));
            assertThat(MetaProperties.read(directories.all().get(2))).contains(new MetaProperties(7, CLUSTER));
            assertThatThrownBy(() -> directories.all().get(1).list("")).hasMessageContaining("is offline");
        }
    }

    @Test
    void oneWhoseIdentityCannotBeReadIsOffline() throws IOException {
        Files.createDirectories(root.resolve("dead").resolve(MetaProperties.FILE_NAME));
        try (LogDirectories directories = open("first", "dead")) {
            assertThat(directories.brokerId()).isEqualTo(-1);
            assertThat(online(directories)).containsExactly("first");
            directories.claim(7, CLUSTER);
            assertThat(directories.brokerId()).isEqualTo(7);
            // Nobody holds its lock any more.
            NioLogDirectory.open(root.resolve("dead")).close();
        }
    }

    @Test
    void allDeadRefuseTheStartAndAreNamedWithTheirReasons() throws IOException {
        Files.writeString(root.resolve("one"), "not a directory");
        Files.createDirectories(root.resolve("two").resolve(MetaProperties.FILE_NAME));
        try (LogDirectories directories = open("one", "two")) {
            assertThatThrownBy(() -> directories.claim(7, CLUSTER))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining(root.resolve("one") + " cannot be used")
                    .hasMessageContaining(root.resolve("two") + " cannot be used");
        }
        assertThatThrownBy(() -> open("one"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("one cannot be used: FileAlreadyExistsException");
    }

    /** A directory that works but is somebody else's is no broken disk: the operator has made a mistake. */
    @Test
    void oneThatIsInUseOrOfAnotherBrokerRefusesTheStart() throws IOException {
        try (LogDirectories directories = open("mine")) {
            directories.claim(7, CLUSTER);
            assertThatThrownBy(() -> open("free", "mine"))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("is in use");
        }
        try (LogDirectories directories = open("free", "mine")) {
            assertThatThrownBy(() -> directories.claim(8, CLUSTER))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("broker.id is 7, expected 8");
        }
    }

    private LogDirectories open(String... names) {
        List<String> paths = List.of(names).stream()
                .map(name -> root.resolve(name).toString())
                .toList();
        return LogDirectories.open(
                BrokerConfig.of(Map.of("log.dirs", String.join(",", paths))).storage());
    }

    private static List<String> online(LogDirectories directories) {
        return directories.all().stream()
                .filter(directory -> directory.health().isOnline())
                .map(LogDirectory::path)
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
    }
}
