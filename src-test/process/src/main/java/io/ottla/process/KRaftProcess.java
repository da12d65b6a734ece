package io.ottla.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A KRaft controller of Apache Kafka 4 in a process of its own. It takes the place that ZooKeeper has elsewhere. */
public final class KRaftProcess implements Coordination {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final int PORT = 9093;
    private static final String CLUSTER_ID = "b3R0bGFjbHVzdGVydGVzdA";
    private static final String LISTENER = "CONTROLLER";
    private static final String NODE_ID = "100";

    private final ServerProcess server;
    private final String address;

    private KRaftProcess(ServerProcess server, String address) {
        this.server = server;
        this.address = address;
    }

    static KRaftProcess start(Options options, Host host, Path home) {
        int port = host.freePort(PORT);
        String address = host.address() + ":" + port;
        Path file = write(
                home,
                Map.of(
                        "process.roles",
                        "controller",
                        "node.id",
                        NODE_ID,
                        "listeners",
                        LISTENER + "://" + address,
                        "controller.listener.names",
                        LISTENER,
                        "controller.quorum.bootstrap.servers",
                        address,
                        "log.dirs",
                        home.resolve("data").toString()));
        format(file, "--standalone");
        ServerProcess server = new ServerProcess("the KRaft controller at " + address, home.resolve("controller.out"));
        server.launch(host.command(ApacheRelease.V4.command(options, "kafka.Kafka", file.toString())), Map.of());
        if (!server.awaitReady(() -> Ports.accepts(host.address(), port), START_LIMIT)) {
            throw new IllegalStateException("the KRaft controller has exited; its output:\n" + server.output());
        }
        return new KRaftProcess(server, address);
    }

    /** Makes the log directories of the node with these properties fit for its first start. */
    static void format(Path properties, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("format", "-t", CLUSTER_ID, "-c", properties.toString(), "--ignore-formatted"));
        arguments.addAll(List.of(options));
        Command formatted = Command.run(
                "",
                ApacheRelease.V4.command(Options.LIGHT, "kafka.tools.StorageTool", arguments.toArray(String[]::new)));
        if (formatted.exitCode() != 0) {
            throw new IllegalStateException("cannot format for " + properties + ": " + formatted.output());
        }
    }

    private static Path write(Path home, Map<String, String> values) {
        Properties properties = new Properties();
        properties.putAll(values);
        Path file = home.resolve("controller.properties");
        try {
            Files.createDirectories(home);
            try (var out = Files.newOutputStream(file)) {
                properties.store(out, null);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot write " + file, e);
        }
        return file;
    }

    @Override
    public Map<String, String> brokerProperties() {
        return Map.of("controller.quorum.bootstrap.servers", address, "controller.listener.names", LISTENER);
    }

    @Override
    public void close() {
        server.closeIfAlive();
    }
}
