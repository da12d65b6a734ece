package io.ottla.compat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The peer's ZooKeeper server in a process of its own. */
final class ApacheZooKeeper implements AutoCloseable {
    private static final int START_ATTEMPTS = 1500;

    private final Process process;
    private final int port;

    private ApacheZooKeeper(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts a server whose snapshots and transaction logs lie in {@code dataDir}. */
    static ApacheZooKeeper start(Path dataDir) {
        try {
            Files.createDirectories(dataDir);
            int port = BrokerProcess.freePort();
            Path config = dataDir.resolve("zookeeper.properties");
            String properties = """
                    dataDir=%s
                    clientPort=%d
                    clientPortAddress=127.0.0.1
                    maxClientCnxns=0
                    admin.enableServer=false
                    """;
            Files.writeString(config, properties.formatted(dataDir, port));
            Process process = new ProcessBuilder(
                            Peer39.command("org.apache.zookeeper.server.quorum.QuorumPeerMain", config.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            dataDir.resolve("zookeeper.out").toFile()))
                    .start();
            awaitPort(process, port);
            return new ApacheZooKeeper(process, port);
        } catch (IOException e) {
            throw new IllegalStateException("cannot start ZooKeeper in " + dataDir, e);
        }
    }

    String connect() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        BrokerProcess.await(process, Duration.ofSeconds(10));
    }

    private static void awaitPort(Process process, int port) {
        for (int attempt = 0; attempt < START_ATTEMPTS && process.isAlive(); attempt++) {
            if (BrokerProcess.accepts(port)) {
                return;
            }
            BrokerProcess.pause();
        }
        process.destroyForcibly();
        throw new IllegalStateException("ZooKeeper does not listen on port " + port);
    }
}
