package io.ottla.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * One broker in a process of its own, started as an operator would, on files that outlive the process: it can be
 * stopped, killed and started again on the same port and directory.
 *
 * <p>With {@code -Dtest.broker=apache-3.9} Apache Kafka 3.9 takes the broker's place: a test that fails there
 * expects something that Apache Kafka does not do.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final int ANSWER_LIMIT_MS = 5_000;
    private static final int PORT = 9092;

    private final Path home;
    private final Host host;
    private final int port;
    private final Product product;
    private final Map<String, String> properties;
    private final ServerProcess server;
    private Options options = Options.LIGHT;
    private @Nullable ZooKeeperProcess zooKeeper;

    private BrokerProcess(Path home, Host host, int port, Product product, Map<String, String> properties) {
        this.home = home;
        this.host = host;
        this.port = port;
        this.product = product;
        this.properties = properties;
        this.server = new ServerProcess("the broker in " + home, home.resolve("broker.out"));
    }

    /** A broker whose files lie below {@code home}, not started yet; {@code overrides} win over the defaults for tests. */
    public static BrokerProcess create(Path home, Map<String, String> overrides) {
        return create(home, Product.underTest(), overrides);
    }

    /** As {@link #create(Path, Map)}, but always Apache Kafka 3.9: the judge. */
    public static BrokerProcess createApache(Path home, Map<String, String> overrides) {
        return create(home, Product.APACHE_39, overrides);
    }

    /** As {@link #create(Path, Map)}, and started. */
    public static BrokerProcess start(Path home, Map<String, String> overrides) {
        return create(home, overrides).start();
    }

    private static BrokerProcess create(Path home, Product product, Map<String, String> overrides) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("broker.id", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        if (product == Product.APACHE_39) {
            // Ours takes what a single broker can give by itself.
            properties.put("offsets.topic.replication.factor", "1");
            properties.put("transaction.state.log.replication.factor", "1");
            properties.put("transaction.state.log.min.isr", "1");
        }
        properties.putAll(overrides);
        return create(home, product, Host.LOOPBACK, properties);
    }

    /** A broker with these properties, to which listener and log directory are added where they do not name them. */
    public static BrokerProcess create(Path home, Product product, Host host, Map<String, String> properties) {
        int port = host.freePort(PORT);
        Map<String, String> all = new LinkedHashMap<>();
        all.put("listeners", "PLAINTEXT://" + host.address() + ":" + port);
        all.put("log.dirs", home.resolve("data").toString());
        all.putAll(properties);
        return new BrokerProcess(home, host, port, product, all);
    }

    /** How its virtual machine is set up; {@link Options#LIGHT} unless said. */
    public BrokerProcess with(Options wanted) {
        options = wanted;
        return this;
    }

    /** True when Apache Kafka stands in for the broker under test. */
    public static boolean isApache() {
        return Product.underTest() == Product.APACHE_39;
    }

    public String bootstrap() {
        return host.address() + ":" + port;
    }

    public Host host() {
        return host;
    }

    public int port() {
        return port;
    }

    /** Its number within the cluster. */
    public int id() {
        return Integer.parseInt(properties.getOrDefault("broker.id", "-1"));
    }

    public Path dataDir() {
        return home.resolve("data");
    }

    public long pid() {
        return server.running().pid();
    }

    public boolean isAlive() {
        return server.isAlive();
    }

    /** CPU time that the running process has used so far. */
    public Duration cpuTime() {
        return server.running().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The part of {@link #cpuTime} that the compilers of its Java machine have used. */
    public Duration compilerTime() {
        return CompilerThreads.cpuTime(server.running().pid());
    }

    /**
     * Starts the process and returns once the broker answers a client. Apache Kafka, which refuses to start while
     * the session of its killed predecessor lives, is started again until it stays.
     */
    public BrokerProcess start() {
        launch();
        return awaitAnswer();
    }

    /** Starts the process and does not wait for it. */
    public BrokerProcess launch() {
        try {
            Files.createDirectories(home);
            server.launch(host.command(command()), options.environment(home.resolve("logs")));
            return this;
        } catch (IOException e) {
            throw new IllegalStateException("cannot start a broker in " + home, e);
        }
    }

    /** Returns once the broker answers a client. */
    public BrokerProcess awaitAnswer() {
        long deadlineNs = System.nanoTime() + START_LIMIT.toNanos();
        while (!server.awaitReady(this::answers, START_LIMIT)) {
            if (product == Product.OTTLA || System.nanoTime() > deadlineNs) {
                int status = server.running().exitValue();
                throw new IllegalStateException("the broker has exited with " + status + "; its output:\n" + output());
            }
            launch();
        }
        return this;
    }

    /** SIGKILL: what the process has not written is lost, the page cache is not. */
    public void kill() {
        server.kill();
    }

    /** SIGTERM; returns the exit status. */
    public int stop() {
        return server.stop(STOP_LIMIT);
    }

    /** SIGSTOP: connections stay, nobody answers. */
    public void pause() {
        server.signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        server.signal("CONT");
    }

    /** The end of what the processes of this broker have printed so far. */
    public String output() {
        return server.output();
    }

    @Override
    public void close() {
        server.closeIfAlive();
        if (zooKeeper != null) {
            zooKeeper.close();
        }
    }

    private List<String> command() throws IOException {
        return switch (product) {
            case OTTLA ->
                List.of(
                        Distribution.script("kafka-server-start.sh").toString(),
                        writeProperties(properties).toString());
            case APACHE_39 ->
                ApacheRelease.V3_9.command(
                        options,
                        "kafka.Kafka",
                        writeProperties(apacheProperties()).toString());
            case APACHE_4 -> {
                Path file = writeProperties(kraftProperties());
                KRaftProcess.format(file);
                yield ApacheRelease.V4.command(options, "kafka.Kafka", file.toString());
            }
        };
    }

    private Map<String, String> kraftProperties() {
        Map<String, String> all = new LinkedHashMap<>(properties);
        all.remove("broker.id");
        all.put("node.id", Integer.toString(id()));
        all.put("process.roles", "broker");
        return all;
    }

    private Map<String, String> apacheProperties() {
        Map<String, String> all = new LinkedHashMap<>(properties);
        if (!all.containsKey("zookeeper.connect")) {
            if (zooKeeper == null) {
                zooKeeper = ZooKeeperProcess.start(Product.APACHE_39, host, home.resolve("zookeeper"));
            }
            all.put("zookeeper.connect", zooKeeper.connect());
        }
        return all;
    }

    private Path writeProperties(Map<String, String> values) throws IOException {
        Properties file = new Properties();
        file.putAll(values);
        Path path = home.resolve("server.properties");
        try (var out = Files.newOutputStream(path)) {
            file.store(out, null);
        }
        return path;
    }

    /** True once a client can list the cluster's brokers. */
    private boolean answers() {
        if (!Ports.accepts(host.address(), port)) {
            return false;
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
        // A client that is closed waits for its calls: not for long, if the process has ended meanwhile.
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_LIMIT_MS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_LIMIT_MS);
        try (Admin admin = Admin.create(settings)) {
            return !admin.describeCluster()
                    .nodes()
                    .get(ANSWER_LIMIT_MS, TimeUnit.MILLISECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker starts", e);
        }
    }
}
