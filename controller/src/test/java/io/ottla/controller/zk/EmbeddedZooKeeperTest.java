package io.ottla.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server keeps what it has acknowledged, and starts again on it. */
class EmbeddedZooKeeperTest {

    @TempDir
    private Path directory;

    @Test
    void keepsNodesAcrossARestart() throws IOException {
        try (EmbeddedZooKeeper server = new EmbeddedZooKeeper(directory, 0, 500)) {
            server.start();
            try (TestSession session = TestSession.connect(server.connectString())) {
                session.get()
                        .create("/kept", bytes("data"), NodeKind.PERSISTENT)
                        .join();
            }
        }
        try (EmbeddedZooKeeper server = new EmbeddedZooKeeper(directory, 0, 500)) {
            server.start();
            try (TestSession session = TestSession.connect(server.connectString())) {
                Node node = session.get().get("/kept").join().orElseThrow();
                assertThat(node.data()).isEqualTo(bytes("data"));
            }
        }
    }

    @Test
    void doesNotPreallocateALargeTransactionLog() throws IOException {
        try (EmbeddedZooKeeper server = new EmbeddedZooKeeper(directory, 0, 500)) {
            server.start();
            try (TestSession session = TestSession.connect(server.connectString())) {
                session.get()
                        .create("/some", bytes("data"), NodeKind.PERSISTENT)
                        .join();
                assertThat(directory.resolve("version-2").toFile().listFiles())
                        .allSatisfy(file -> assertThat(file.length()).isLessThan(2 << 20));
            }
        }
    }

    @Test
    void failsToStartOnAPortInUse() throws IOException {
        try (EmbeddedZooKeeper first = new EmbeddedZooKeeper(directory.resolve("a"), 0, 500)) {
            first.start();
            try (EmbeddedZooKeeper second = new EmbeddedZooKeeper(directory.resolve("b"), first.boundPort(), 500)) {
                assertThatThrownBy(second::start).isInstanceOf(IOException.class);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
