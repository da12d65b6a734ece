package io.ottla.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.cli.BrokerLauncher.RunningBroker;
import io.ottla.broker.config.BrokerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the broker, with a launcher that only remembers what it was asked to start. */
class KafkaServerStartTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<BrokerConfig> started = new ArrayList<>();

    @BeforeEach
    void writeProperties() throws IOException {
        file = Files.writeString(directory.resolve("server.properties"), "broker.id=4\n");
    }

    @Test
    void startsFromTheFileWithOverridesAndEndsWithStatusZero() {
        assertThat(run(file.toString(), "--override", "num.partitions=9", "--override", "broker.rack=a=b"))
                .isZero();
        BrokerConfig config = started.get(0);
        assertThat(config.identity().id()).isEqualTo(4);
        assertThat(config.identity().rack()).isEqualTo("a=b");
        assertThat(config.topics().partitions()).isEqualTo(9);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void overridesMayStandBeforeTheFileOrAfterAnEqualsSign() {
        assertThat(run("--override", "num.partitions=9", file.toString(), "--override=broker.rack=b"))
                .isZero();
        assertThat(started.get(0).topics().partitions()).isEqualTo(9);
        assertThat(started.get(0).identity().rack()).isEqualTo("b");
    }

    @Test
    void aBrokerThatIsToldToStopWhileItStartsIsClosedOnceItHasStarted() throws InterruptedException {
        CompletableFuture<RunningBroker> starting = new CompletableFuture<>();
        AtomicInteger closed = new AtomicInteger();
        Thread hook = new Thread(() -> KafkaServerStart.close(starting));
        hook.start();
        starting.complete(new RunningBroker() {
            @Override
            public void awaitShutdown() {}

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        });
        hook.join();
        assertThat(closed).hasValue(1);
    }

    @Test
    void aStartThatHasFailedDoesNotHoldTheProcessUp() {
        CompletableFuture<RunningBroker> failed = new CompletableFuture<>();
        failed.cancel(false);
        KafkaServerStart.close(failed);
        assertThat(failed).isCancelled();
    }

    @Test
    void helpNamesTheFileAndTheOptionsAndStartsNothing() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("kafka-server-start.sh", "server.properties", "--override", "--version");
        assertThat(started).isEmpty();
    }

    @Test
    void versionStartsNothing() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("Ottla ");
        assertThat(started).isEmpty();
    }

    @Test
    void withoutAFileItExplainsItselfAndFails() {
        assertThat(run()).isEqualTo(1);
        assertThat(err.toString()).contains("Missing required parameter", "server.properties");
        assertThat(run(file.toString(), "--nonsense")).isEqualTo(1);
        assertThat(err.toString()).contains("--nonsense");
    }

    @Test
    void configurationErrorsAreLinesAndNoStackTrace() {
        assertThat(run(file.toString(), "--override", "num.io.threads=0", "--override", "port=x"))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("num.io.threads=0: expected a whole number of at least 1", "port=x: expected a whole number")
                .doesNotContain("Exception", "\tat ");
        assertThat(run(directory.resolve("missing").toString())).isEqualTo(1);
        assertThat(err.toString()).contains("missing: no such file").doesNotContain("\tat ");
    }

    @Test
    void aStartThatFailsSaysWhyWithoutStackTrace() {
        KafkaServerStart start = new KafkaServerStart(
                config -> {
                    throw new StartupException("port 9092 is in use", new IOException("bind"));
                },
                new PrintWriter(out, true),
                new PrintWriter(err, true));
        assertThat(start.run(file.toString())).isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("The broker was not started: port 9092 is in use" + System.lineSeparator());
    }

    private int run(String... arguments) {
        BrokerLauncher launcher = config -> {
            started.add(config);
            return new StoppedBroker();
        };
        return new KafkaServerStart(launcher, new PrintWriter(out, true), new PrintWriter(err, true)).run(arguments);
    }

    private static final class StoppedBroker implements BrokerLauncher.RunningBroker {
        @Override
        public void awaitShutdown() {}

        @Override
        public void close() {}
    }
}
