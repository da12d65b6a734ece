package io.ottla.broker.cli;

import io.ottla.broker.cli.BrokerLauncher.RunningBroker;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command line of {@code kafka-server-start.sh}: starts a broker and stays until it has stopped. */
public final class KafkaServerStart {
    private static final int FAILED = 1;

    /** For how long a broker that starts may hold up the end of the process. */
    private static final int START_PATIENCE_S = 5;

    private final BrokerLauncher launcher;
    private final PrintWriter out;
    private final PrintWriter err;

    public KafkaServerStart(BrokerLauncher launcher) {
        this(
                launcher,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    KafkaServerStart(BrokerLauncher launcher, PrintWriter out, PrintWriter err) {
        this.launcher = launcher;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs until the broker has stopped, and returns the exit status of the process: 0 after a clean shutdown, 1 if the
     * broker could not start, or not go on.
     */
    public int run(String... arguments) {
        StartCommand command = StartCommand.parse(StartCommand.Syntax.BROKER, arguments, out, err);
        Path file = command.file();
        if (file == null) {
            return command.status();
        }
        CompletableFuture<RunningBroker> started = new CompletableFuture<>();
        try {
            BrokerConfig config = BrokerConfig.load(file, command.overrides());
            report(config);
            closeOnShutdown(started);
            RunningBroker broker = launcher.start(config);
            started.complete(broker);
            return serve(broker);
        } catch (ConfigException e) {
            err.println(e.getMessage());
            err.println("The broker was not started: see docs/configuration.md for every property.");
        } catch (StartupException e) {
            err.println("The broker was not started: " + e.getMessage());
        } finally {
            started.cancel(false);
        }
        return FAILED;
    }

    private static void report(BrokerConfig config) {
        Logger log = LoggerFactory.getLogger(KafkaServerStart.class);
        config.warnings().forEach(log::warn);
        List<String> withoutEffect = config.acceptedWithoutEffect();
        if (!withoutEffect.isEmpty()) {
            log.info("accepted, without effect: {}", String.join(", ", withoutEffect));
        }
    }

    /**
     * The hook runs on SIGTERM and Ctrl-C; the process ends once it has returned. It is there before the broker is: one that
     * is told to stop while it starts finishes its start first, or its ZooKeeper session would outlive it.
     */
    private static void closeOnShutdown(CompletableFuture<RunningBroker> started) {
        Thread hook = new Thread(() -> close(started), "shutdown");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw new StartupException("the process is being stopped", e);
        }
    }

    static void close(CompletableFuture<RunningBroker> started) {
        try {
            started.get(START_PATIENCE_S, TimeUnit.SECONDS).close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LoggerFactory.getLogger(KafkaServerStart.class)
                    .warn("stopped in the middle of a start that took longer than {} s", START_PATIENCE_S);
        } catch (ExecutionException | CancellationException e) {
            // There is no broker, which has been said already.
            LoggerFactory.getLogger(KafkaServerStart.class).debug("no broker to stop", e);
        }
    }

    private static int serve(RunningBroker broker) {
        try {
            broker.awaitShutdown();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            broker.close();
            return FAILED;
        }
    }
}
