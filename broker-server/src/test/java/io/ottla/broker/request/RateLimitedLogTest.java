package io.ottla.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A few lines pass per interval; the next interval says how many did not. */
class RateLimitedLogTest {

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = new LoggerContext().getLogger("test");
    private final RateLimitedLog log = new RateLimitedLog(logger, ticker);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @Test
    void holdsLinesBackAndSaysSoLater() {
        for (int i = 0; i < RateLimitedLog.LINES_PER_INTERVAL + 5; i++) {
            log.warn(() -> "line");
        }
        assertThat(lines.list).hasSize(RateLimitedLog.LINES_PER_INTERVAL);
        ticker.advance(RateLimitedLog.INTERVAL_NS, TimeUnit.NANOSECONDS);
        log.warn(() -> "later");
        log.warn(() -> "last");
        assertThat(lines.list.get(RateLimitedLog.LINES_PER_INTERVAL).getFormattedMessage())
                .isEqualTo("later (5 similar lines held back before)");
        assertThat(lines.list.get(RateLimitedLog.LINES_PER_INTERVAL + 1).getFormattedMessage())
                .isEqualTo("last");
    }
}
