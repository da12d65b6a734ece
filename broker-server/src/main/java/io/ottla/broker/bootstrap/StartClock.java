package io.ottla.broker.bootstrap;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * How long the start has taken so far, as the operator sees it.
 *
 * @param began when it began
 */
record StartClock(Instant began) {
    /** Counts from the start of the process, the time of the virtual machine's own start included. */
    static StartClock sinceProcessStart() {
        return new StartClock(ProcessHandle.current().info().startInstant().orElseGet(Instant::now));
    }

    /** Seconds since the beginning, with two decimals. */
    String seconds() {
        return String.format(
                Locale.ROOT, "%.2f", Duration.between(began, Instant.now()).toMillis() / 1000.0);
    }
}
