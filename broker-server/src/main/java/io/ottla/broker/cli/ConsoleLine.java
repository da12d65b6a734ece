package io.ottla.broker.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/**
 * One event as {@code [2026-01-31 23:59:59,999] INFO  message (ShortLoggerName)}, in local time, the stack trace in the
 * lines after it. Stateless; any thread.
 */
final class ConsoleLine extends LayoutBase<ILoggingEvent> {
    private static final int LEVEL_WIDTH = 5;

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        line.append('[');
        time(line, event.getInstant());
        line.append("] ");
        String level = event.getLevel().toString();
        line.append(level).append(" ".repeat(Math.max(1, LEVEL_WIDTH + 1 - level.length())));
        String logger = event.getLoggerName();
        line.append(event.getFormattedMessage())
                .append(" (")
                .append(logger, logger.lastIndexOf('.') + 1, logger.length())
                .append(')')
                .append(System.lineSeparator());
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.append(ThrowableProxyUtil.asString(thrown));
        }
        return line.toString();
    }

    /** By hand: java.time's formatters take a fiftieth of a second to load. */
    private static void time(StringBuilder line, Instant instant) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(
                instant.getEpochSecond(),
                instant.getNano(),
                ZoneId.systemDefault().getRules().getOffset(instant));
        number(line, time.getYear(), 4).append('-');
        number(line, time.getMonthValue(), 2).append('-');
        number(line, time.getDayOfMonth(), 2).append(' ');
        number(line, time.getHour(), 2).append(':');
        number(line, time.getMinute(), 2).append(':');
        number(line, time.getSecond(), 2).append(',');
        number(line, time.getNano() / 1_000_000, 3);
    }

    private static StringBuilder number(StringBuilder line, int value, int digits) {
        String text = Integer.toString(value);
        return line.append("0".repeat(Math.max(0, digits - text.length()))).append(text);
    }
}
