package io.ottla.compat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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

/**
 * One broker in a process of its own, started as an operator would, on files that outlive the process: it can be
 * stopped, killed and started again on the same port and directory.
 *
 * <p>With {@code -Dcompat.broker=apache-3.9} Apache Kafka 3.9 takes the broker's place: a test that fails there
 * expects something that Apache Kafka does not do.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    private static final int OUTPUT_CHARS = 8000;
    private static final boolean APACHE = "apache-3.9".equals(System.getProperty("compat.broker", "ottla"));

    private final Path home;
    private final int port;
    private final boolean apache;
    private final Map<String, String> properties;
    private Process process;
    private ApacheZooKeeper zooKeeper;

    private BrokerProcess(Path home, int port, boolean apache, Map<String, String> properties) {
        this.home = home;
        this.port = port;
        this.apache = apache;
        this.properties = properties;
    }

    /** A broker whose files lie below {@code home}, not started yet; {@code overrides} win over the defaults for tests. */
    public static BrokerProcess create(Path home, Map<String, String> overrides) {
        return create(home, APACHE, overrides);
    }

    /** As {@link #create(Path, Map)}, but always Apache Kafka 3.9: the judge. */
    public static BrokerProcess createApache(Path home, Map<String, String> overrides) {
        return create(home, true, overrides);
    }

    private static BrokerProcess create(Path home, boolean apache, Map<String, String> overrides) {
        int port = freePort();
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("broker.id", "1");
        properties.put("listeners", "PLAINTEXT://127.0.0.1:" + port);
        properties.put("log.dirs", home.resolve("data").toString());
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.putAll(overrides);
        return new BrokerProcess(home, port, apache, properties);
    }

    /** As {@link #create(Path, Map)}, and started. */
    public static BrokerProcess start(Path home, Map<String, String> overrides) {
        return create(home, overrides).start();
    }

    /** True when Apache Kafka stands in for the broker under test. */
    public static boolean isApache() {
        return APACHE;
    }

    public String bootstrap() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public Path dataDir() {
        return home.resolve("data");
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Starts the process and returns once the broker answers a client. */
    public BrokerProcess start() {
        try {
            Files.createDirectories(home);
            process = apache ? launchApache() : launchOttla();
            awaitAnswer();
            return this;
        } catch (IOException e) {
            throw new IllegalStateException("cannot start a broker in " + home, e);
        }
    }

    /** SIGKILL: what the process has not written is lost, the page cache is not. */
    public void kill() {
        process.destroyForcibly();
        await(process, Duration.ofSeconds(10));
    }

    /** SIGTERM; returns the exit status. */
    public int stop() {
        process.destroy();
        await(process, Duration.ofSeconds(30));
        return process.exitValue();
    }

    /** The end of what the processes of this broker have printed so far. */
    public String output() {
        try {
            String all = Files.readString(outputFile(), StandardCharsets.UTF_8);
            return all.substring(Math.max(0, all.length() - OUTPUT_CHARS));
        } catch (IOException e) {
            return "(no output: " + e + ")";
        }
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
        if (zooKeeper != null) {
            zooKeeper.close();
        }
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress("127.0.0.1", 0));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("no free port", e);
        }
    }

    private Path outputFile() {
        return home.resolve("broker.out");
    }

    private Process launchOttla() throws IOException {
        Path config = writeProperties(properties);
        return launch(List.of(Distribution.script("kafka-server-start.sh").toString(), config.toString()));
    }

    private Process launchApache() throws IOException {
        Map<String, String> all = new LinkedHashMap<>(properties);
        if (!all.containsKey("zookeeper.connect")) {
            if (zooKeeper == null) {
                zooKeeper = ApacheZooKeeper.start(home.resolve("zookeeper"));
            }
            all.put("zookeeper.connect", zooKeeper.connect());
        }
        all.putIfAbsent("offsets.topic.replication.factor", "1");
        all.putIfAbsent("transaction.state.log.replication.factor", "1");
        all.putIfAbsent("transaction.state.log.min.isr", "1");
        return launch(Peer39.command("kafka.Kafka", writeProperties(all).toString()));
    }

    private Process launch(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(outputFile().toFile()));
        builder.environment().put("LOG_DIR", home.resolve("logs").toString());
        builder.environment().put("KAFKA_HEAP_OPTS", System.getProperty("compat.heap", "-Xmx512m"));
        return builder.start();
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

    private void awaitAnswer() {
        long deadlineNs = System.nanoTime() + START_DEADLINE.toNanos();
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadlineNs) {
                String what = process.isAlive() ? "does not answer" : "has exited with " + process.exitValue();
                throw new IllegalStateException("the broker " + what + "; its output:\n" + output());
            }
            pause();
        }
    }

    /** True once a client can list the cluster's brokers. */
    private boolean answers() {
        if (!accepts(port)) {
            return false;
        }
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()))) {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker starts", e);
        }
    }

    /** True when something listens on {@code port} of the loopback address. */
    static boolean accepts(int port) {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress("127.0.0.1", port), 200);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** A short rest between two looks at another process. */
    static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for another process", e);
        }
    }

    static void await(Process process, Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("process " + process.pid() + " did not end within " + limit);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a process ends", e);
        }
    }
}
