package io.ottla.broker.cli;

import io.ottla.broker.cli.BrokerLauncher.RunningBroker;
import io.ottla.broker.config.BrokerConfig;
import io.ottla.broker.config.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command line of {@code kafka-server-start.sh}: starts a broker and stays until it has stopped. */
public final class KafkaServerStart {
    private static final int FAILED = 1;

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
        try {
            BrokerConfig config = BrokerConfig.load(file, command.overrides());
            report(config);
            return serve(launcher.start(config));
        } catch (ConfigException e) {
            err.println(e.getMessage());
            err.println("The broker was not started: see docs/configuration.md for every property.");
        } catch (StartupException e) {
            err.println("The broker was not started: " + e.getMessage());
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

    /** The hook runs on SIGTERM and Ctrl-C; the process ends once it has returned. */
    private static int serve(RunningBroker broker) {
        Thread hook = new Thread(broker::close, "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            broker.awaitShutdown();
            return broker.hasFailed() ? FAILED : 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            broker.close();
            return FAILED;
        }
    }
}
