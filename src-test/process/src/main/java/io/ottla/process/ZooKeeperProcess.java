package io.ottla.process;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A ZooKeeper server in a process of its own, on files that outlive the process: it can be stopped, killed, paused, and
 * started again at the same address.
 */
public final class ZooKeeperProcess implements Coordination {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
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
        return create(product, host, dataDir, "").start();
    }

    /** A server that is not started yet; {@code membership} is what its properties say of an ensemble. */
    static ZooKeeperProcess create(Product product, Host host, Path dataDir, String membership) {
        int port = host.freePort(PORT);
        Path config = dataDir.resolve("zookeeper.properties");
        try {
            Files.createDirectories(dataDir);
            // Ticks of a second allow sessions of two seconds and more; the longest outlive any step of a test.
            String properties = """
                    dataDir=%s
                    clientPort=%d
                    clientPortAddress=%s
                    maxClientCnxns=0
                    tickTime=1000
                    maxSessionTimeout=600000
                    admin.enableServer=false
                    4lw.commands.whitelist=srvr,dump
                    %s""";
            Files.writeString(config, properties.formatted(dataDir, port, host.address(), membership));
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
        return new ZooKeeperProcess(server, host, port, host.command(command));
    }

    /** What a broker has as {@code zookeeper.connect}. */
    public String connect() {
        return host.address() + ":" + port;
    }

    @Override
    public Map<String, String> brokerProperties() {
        return Map.of("zookeeper.connect", connect());
    }

    /** Starts it, again if need be after {@link #kill} or {@link #stop}; a member accepts connections before it has found others. */
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

    /** Whether it leads an ensemble, as it says itself. */
    boolean leads() {
        return ask("srvr").contains("Mode: leader");
    }

    /** The session that owns the ephemeral node of this path, if there is such a node. */
    public Optional<String> ownerOf(String path) {
        String session = "";
        for (String line : ask("dump").lines().toList()) {
            if (line.startsWith("0x")) {
                session = line.substring(0, line.length() - 1);
            } else if (line.strip().equals(path)) {
                return Optional.of(session);
            }
        }
        return Optional.empty();
    }

    /** Whether a session has neither been closed nor expired. */
    public boolean isAlive(String session) {
        return ask("dump").lines().anyMatch(line -> line.strip().equals(session));
    }

    /** The answer to one of ZooKeeper's four-letter words; empty if it gives none. */
    private String ask(String word) {
        try (Socket socket = new Socket(host.address(), port)) {
            socket.setSoTimeout((int) ANSWER_LIMIT.toMillis());
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }

    /** The end of what it has printed so far. */
    public String output() {
        return server.output();
    }

    @Override
    public void close() {
        server.closeIfAlive();
    }
}
