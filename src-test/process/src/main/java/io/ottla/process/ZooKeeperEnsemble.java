package io.ottla.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** ZooKeeper servers on this machine that elect one of them, each a process. */
public final class ZooKeeperEnsemble implements Coordination {
    private static final String LIMITS = """
            initLimit=10
            syncLimit=5
            """;

    private static final Duration ELECTION_LIMIT = Duration.ofSeconds(60);

    private final List<ZooKeeperProcess> servers;

    private ZooKeeperEnsemble(List<ZooKeeperProcess> servers) {
        this.servers = servers;
    }

    /** Starts {@code size} of {@code product}'s servers, each on a folder of its own in {@code home}. */
    public static ZooKeeperEnsemble start(Product product, Path home, int size) {
        StringBuilder membership = new StringBuilder(LIMITS);
        String address = Host.LOOPBACK.address();
        for (int id = 1; id <= size; id++) {
            membership.append("server.%d=%s:%d:%d%n".formatted(id, address, Ports.free(), Ports.free()));
        }
        List<ZooKeeperProcess> servers = new ArrayList<>();
        for (int id = 1; id <= size; id++) {
            Path dataDir = home.resolve("server-" + id);
            servers.add(ZooKeeperProcess.create(product, Host.LOOPBACK, dataDir, membership.toString()));
            name(dataDir, id);
        }
        ZooKeeperEnsemble ensemble = new ZooKeeperEnsemble(servers);
        try {
            ensemble.start();
            return ensemble;
        } catch (RuntimeException e) {
            ensemble.close();
            throw e;
        }
    }

    private static void name(Path dataDir, int id) {
        try {
            Files.writeString(dataDir.resolve("myid"), Integer.toString(id));
        } catch (IOException e) {
            throw new IllegalStateException("cannot write the id of a ZooKeeper server in " + dataDir, e);
        }
    }

    /** Starts all of them, again if need be after {@link #kill}; returns once they have a leader, before which they serve nobody. */
    public void start() {
        servers.forEach(ZooKeeperProcess::start);
        awaitLeader();
    }

    /** The server that leads; waits for the servers to agree on one. */
    public ZooKeeperProcess awaitLeader() {
        long deadlineNs = System.nanoTime() + ELECTION_LIMIT.toNanos();
        while (true) {
            Optional<ZooKeeperProcess> leader =
                    servers.stream().filter(ZooKeeperProcess::leads).findFirst();
            if (leader.isPresent()) {
                return leader.get();
            }
            if (System.nanoTime() > deadlineNs) {
                throw new IllegalStateException(
                        "no ZooKeeper server leads within " + ELECTION_LIMIT + "\n" + outputs());
            }
            Rest.briefly();
        }
    }

    /** SIGKILL to all. */
    public void kill() {
        servers.forEach(ZooKeeperProcess::kill);
    }

    /** SIGSTOP to all: connections stay, nobody answers. */
    public void pause() {
        servers.forEach(ZooKeeperProcess::pause);
    }

    /** SIGCONT to all. */
    public void resume() {
        servers.forEach(ZooKeeperProcess::resume);
    }

    /** What each of them has printed last. */
    public String outputs() {
        return servers.stream()
                .map(server -> "---- ZooKeeper at " + server.connect() + ":\n" + server.output())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public Map<String, String> brokerProperties() {
        return Map.of(
                "zookeeper.connect",
                servers.stream().map(ZooKeeperProcess::connect).collect(Collectors.joining(",")));
    }

    @Override
    public void close() {
        servers.forEach(ZooKeeperProcess::close);
    }
}
