package io.ottla.broker.request;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * Lines that a stranger on the network can provoke at will, so that they must not fill the disk. Lets a few through per
 * interval and says how many it has held back. Thread-safe.
 */
public final class RateLimitedLog {

    /** Lines that pass per interval. */
    static final int LINES_PER_INTERVAL = 10;

    /** The interval. */
    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private final Logger logger;
    private final Ticker ticker;
    private long intervalStartNs;
    private int lines;
    private long heldBack;

    public RateLimitedLog(Logger logger, Ticker ticker) {
        this.logger = logger;
        this.ticker = ticker;
        this.intervalStartNs = ticker.nanoTime();
    }

    /** Logs a warning unless the interval's lines are used up; the message is only built when it is logged. */
    public void warn(Supplier<String> message) {
        long before = admit();
        if (before == 0) {
            logger.warn("{}", message.get());
        } else if (before > 0) {
            logger.warn("{} ({} similar lines held back before)", message.get(), before);
        }
    }

    /** The number of lines held back since the last one logged, or -1 when this one is to be held back as well. */
    private synchronized long admit() {
        long nowNs = ticker.nanoTime();
        if (nowNs - intervalStartNs >= INTERVAL_NS) {
            intervalStartNs = nowNs;
            lines = 0;
        }
        if (lines >= LINES_PER_INTERVAL) {
            heldBack++;
            return -1;
        }
        lines++;
        long before = heldBack;
        heldBack = 0;
        return before;
    }
}
