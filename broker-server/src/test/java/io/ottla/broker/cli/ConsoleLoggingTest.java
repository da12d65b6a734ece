package io.ottla.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a line of the log looks like, and that what talks too much is kept quiet. */
class ConsoleLoggingTest {
    @Test
    void aLineHasTimeLevelMessageAndWhoSaysIt() {
        LoggerContext loggers = configured();
        Logger logger = loggers.getLogger("io.ottla.storage.log.LogStore");
        LoggingEvent event = new LoggingEvent("", logger, Level.INFO, "opened {} logs", null, new Object[] {3});
        event.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
        ConsoleAppender<ILoggingEvent> console =
                (ConsoleAppender<ILoggingEvent>) loggers.getLogger("ROOT").getAppender("console");
        String line = new String(((PatternLayoutEncoder) console.getEncoder()).encode(event), StandardCharsets.UTF_8);
        assertThat(line).matches("\\[2026-01-0\\d \\d\\d:\\d\\d:05,678] INFO  opened 3 logs \\(LogStore\\)\\R");
    }

    @Test
    void zooKeeperAndNettyOnlyWarn() {
        LoggerContext loggers = configured();
        assertThat(loggers.getLogger("org.apache.zookeeper.ClientCnxn").getEffectiveLevel())
                .isEqualTo(Level.WARN);
        assertThat(loggers.getLogger("io.ottla.broker").getEffectiveLevel()).isEqualTo(Level.INFO);
    }

    private static LoggerContext configured() {
        LoggerContext loggers = new LoggerContext();
        ConsoleLogging logging = new ConsoleLogging();
        logging.setContext(loggers);
        assertThat(logging.configure(loggers)).isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
        return loggers;
    }
}
