package io.ottla.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A ZooKeeper server in a process of its own, on files that outlive the process: it can be stopped, killed, paused, and
 * started again at the same address.
 */
public final class ZooKeeperProcess implements Coordination {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final int PORT = 2181;

    private final ServerProcess server;
    private final Host host;
    private final int port;
    private final List<String> command;

    private ZooKeeperProcess(ServerProcess server, Host host, int port, List<String> command) {
        this.server = server;
        this.host = host;
        this.port = port;
        this.command = command;
    }

    /** Starts {@code product}'s server; snapshots and transaction logs lie in {@code dataDir}. */
    public static ZooKeeperProcess start(Product product, Host host, Path dataDir) {
        int port = host.freePort(PORT);
        Path config = dataDir.resolve("zookeeper.properties");
        try {
            Files.createDirectories(dataDir);
            // Ticks of a second allow sessions of two seconds and more.
            String properties = """
                    dataDir=%s
                    clientPort=%d
                    clientPortAddress=%s
                    maxClientCnxns=0
                    tickTime=1000
                    admin.enableServer=false
                    """;
            Files.writeString(config, properties.formatted(dataDir, port, host.address()));
        } catch (IOException e) {
            throw new IllegalStateException("cannot write " + config, e);
        }
        List<String> command =
                switch (product) {
                    case OTTLA ->
                        List.of(Distribution.script("zookeeper-server-start.sh").toString(), config.toString());
                    case APACHE_39, APACHE_4 ->
                        Peer39.command("org.apache.zookeeper.server.quorum.QuorumPeerMain", config.toString());
                };
        ServerProcess server = new ServerProcess("ZooKeeper at port " + port, dataDir.resolve("zookeeper.out"));
        return new ZooKeeperProcess(server, host, port, host.command(command)).start();
    }

    /** What a broker has as {@code zookeeper.connect}. */
    public String connect() {
        return host.address() + ":" + port;
    }

    @Override
    public Map<String, String> brokerProperties() {
        return Map.of("zookeeper.connect", connect());
    }

    /** Starts it again after {@link #kill} or {@link #stop}. */
    public ZooKeeperProcess start() {
        server.launch(command, Map.of("LOG_DIR", System.getProperty("java.io.tmpdir")));
        if (!server.awaitReady(() -> Ports.accepts(host.address(), port), START_LIMIT)) {
            throw new IllegalStateException("ZooKeeper has exited; its output:\n" + server.output());
        }
        return this;
    }

    /** SIGKILL. */
    public void kill() {
        server.kill();
    }

    /** SIGTERM. */
    public void stop() {
        server.stop(START_LIMIT);
    }

    /** SIGSTOP: connections stay, nobody answers. */
    public void pause() {
        server.signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        server.signal("CONT");
    }

    @Override
    public void close() {
        server.closeIfAlive();
    }
}
