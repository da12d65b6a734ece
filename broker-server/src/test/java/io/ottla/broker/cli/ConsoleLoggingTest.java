package io.ottla.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a line of the log looks like, and that what talks too much is kept quiet. */
class ConsoleLoggingTest {
    @Test
    void aLineHasTimeLevelMessageAndWhoSaysIt() {
        assertThat(line("2026-01-02T03:04:05.678Z", Level.INFO, null))
                .matches("\\[2026-01-0\\d \\d\\d:\\d\\d:05,678] INFO  opened 3 logs \\(LogStore\\)\\R");
        assertThat(line("2026-01-02T03:04:05.678Z", Level.ERROR, null)).contains("] ERROR opened");
    }

    @Test
    void timeIsLocalAndPadded() {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
        try {
            assertThat(line("2026-07-08T20:34:09.007Z", Level.WARN, null))
                    .startsWith("[2026-07-09 02:04:09,007] WARN  ");
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void aStackTraceFollowsWithItsCauses() {
        Throwable failure = new IllegalStateException("outer", new IllegalArgumentException("inner"));
        assertThat(line("2026-01-02T03:04:05.678Z", Level.WARN, failure))
                .contains("(LogStore)" + System.lineSeparator() + "java.lang.IllegalStateException: outer")
                .contains("at io.ottla.broker.cli.ConsoleLoggingTest")
                .contains("Caused by: java.lang.IllegalArgumentException: inner");
    }

    @Test
    void zooKeeperAndNettyOnlyWarn() {
        LoggerContext loggers = configured();
        assertThat(loggers.getLogger("org.apache.zookeeper.ClientCnxn").getEffectiveLevel())
                .isEqualTo(Level.WARN);
        assertThat(loggers.getLogger("io.ottla.broker").getEffectiveLevel()).isEqualTo(Level.INFO);
    }

    private static String line(String instant, Level level, @Nullable Throwable failure) {
        LoggerContext loggers = configured();
        Logger logger = loggers.getLogger("io.ottla.storage.store.LogStore");
        LoggingEvent event = new LoggingEvent("", logger, level, "opened {} logs", failure, new Object[] {3});
        event.setInstant(Instant.parse(instant));
        ConsoleAppender<ILoggingEvent> console =
                (ConsoleAppender<ILoggingEvent>) loggers.getLogger("ROOT").getAppender("console");
        return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    private static LoggerContext configured() {
        ConsoleLogging logging = new ConsoleLogging();
        logging.initialize();
        return (LoggerContext) logging.getLoggerFactory();
    }
}
