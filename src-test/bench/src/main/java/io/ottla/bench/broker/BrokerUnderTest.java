package io.ottla.bench.broker;

import io.ottla.bench.os.ProcFs;
import io.ottla.bench.os.UsageMeter.Processes;
import io.ottla.bench.raw.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One broker on a directory of its own, started, stopped and killed at will. Confined to one thread. */
public final class BrokerUnderTest implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(10);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(2);
    private static final int START_ATTEMPTS = 20;
    private static final int LOOK_MS = 10;

    private final BrokerRecipe recipe;
    private final BrokerFiles files;
    private final Map<String, String> properties;
    private final List<String> launcher;
    private @Nullable Process process;
    private @Nullable Process zooKeeper;
    private boolean formatted;
    private double failedAttemptsCpuSeconds;

    /**
     * A broker that is not started yet.
     *
     * @param home an empty directory
     * @param overrides properties that win over the common ones
     * @param launcher a command in front of the broker's, empty for none
     */
    public BrokerUnderTest(BrokerRecipe recipe, Path home, Map<String, String> overrides, List<String> launcher) {
        this.recipe = recipe;
        this.launcher = launcher;
        files = new BrokerFiles(home, freePort(), freePort());
        properties = new LinkedHashMap<>(common(files));
        properties.putAll(recipe.properties(files));
        properties.putAll(overrides);
    }

    /** What all brokers get; all else is at each broker's own default. */
    private static Map<String, String> common(BrokerFiles files) {
        return Map.of(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + files.port(),
                "log.dirs",
                files.dataDir().toString(),
                "auto.create.topics.enable",
                "false",
                "group.initial.rebalance.delay.ms",
                "0",
                "offsets.topic.replication.factor",
                "1",
                "transaction.state.log.replication.factor",
                "1",
                "transaction.state.log.min.isr",
                "1",
                // Topics of past measurements shall not fill the disk during the next one.
                "log.segment.delete.delay.ms",
                "1000");
    }

    /**
     * Starts the broker and returns the seconds until its first useful answer; its ZooKeeper is started before. A broker that
     * gives up is started again at once, as a supervisor would, and the clock goes on: Apache Kafka 3.9 refuses to start
     * as long as the session lives of the one that was killed.
     */
    public double start() {
        Path file = files.write("server.properties", properties);
        prepare(file);
        List<String> command = new ArrayList<>(launcher);
        command.addAll(recipe.command(files, file));
        double endedBefore = ProcFs.endedChildren().cpuSeconds();
        failedAttemptsCpuSeconds = 0;
        long startNs = System.nanoTime();
        for (int attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
            Process started = spawn(command, recipe.environment(files), files.output());
            process = started;
            try {
                Readiness.awaitBroker(files.port(), START_LIMIT, started::isAlive);
                return (System.nanoTime() - startNs) / 1e9;
            } catch (IOException | IllegalStateException e) {
                if (started.isAlive() || attempt == START_ATTEMPTS) {
                    throw new IllegalStateException(recipe.title() + " does not start, see " + files.output(), e);
                }
                failedAttemptsCpuSeconds = ProcFs.endedChildren().cpuSeconds() - endedBefore;
            }
        }
        throw new IllegalStateException(recipe.title() + " was not started");
    }

    /** Processor time since the latest {@link #start}, that of the attempts included which gave up. */
    public double cpuSecondsSinceStart() {
        return failedAttemptsCpuSeconds + ProcFs.times(pid()).cpuSeconds();
    }

    /** SIGTERM; returns the seconds until the process had ended. */
    public double stop() {
        long startNs = System.nanoTime();
        Process running = running();
        running.destroy();
        await(running, STOP_LIMIT);
        return (System.nanoTime() - startNs) / 1e9;
    }

    /** SIGKILL. */
    public void kill() {
        running().destroyForcibly();
        await(running(), STOP_LIMIT);
    }

    public long pid() {
        return running().pid();
    }

    /** The pid of the broker's own ZooKeeper, or {@link Processes#NONE}. */
    public long zooKeeperPid() {
        return zooKeeper == null ? Processes.NONE : zooKeeper.pid();
    }

    public BrokerFiles files() {
        return files;
    }

    public String bootstrap() {
        return "127.0.0.1:" + files.port();
    }

    @Override
    public void close() {
        end(process);
        end(zooKeeper);
    }

    private void prepare(Path file) {
        List<String> keeper = recipe.zooKeeper(files);
        if (zooKeeper == null && !keeper.isEmpty()) {
            zooKeeper = spawn(keeper, Map.of(), files.home().resolve("zookeeper.out"));
            awaitListening(files.secondPort());
        }
        List<String> format = recipe.format(file);
        if (!formatted && !format.isEmpty()) {
            Path output = files.home().resolve("format.out");
            Process formatting = spawn(format, Map.of(), output);
            await(formatting, STOP_LIMIT);
            if (formatting.exitValue() != 0) {
                throw new IllegalStateException("the directory of the broker cannot be formatted, see " + output);
            }
        }
        formatted = true;
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("the broker is not started");
        }
        return process;
    }

    private static Process spawn(List<String> command, Map<String, String> environment, Path output) {
        try {
            Files.createDirectories(output.getParent());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        }
    }

    private static void end(@Nullable Process process) {
        if (process != null) {
            process.destroyForcibly();
            await(process, STOP_LIMIT);
        }
    }

    private static void await(Process process, Duration limit) {
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

    private static void awaitListening(int port) {
        long deadlineNs = System.nanoTime() + STOP_LIMIT.toNanos();
        while (System.nanoTime() < deadlineNs) {
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LOOK_MS);
                return;
            } catch (IOException refused) {
                pause();
            }
        }
        throw new IllegalStateException("nothing listens on port " + port);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a process starts", e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
    }
}
