package io.ottla.storage.compaction;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/** Spreads the input and output of all jobs over time. Any thread. */
final class IoThrottle {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;
    private double bytesPerSecond;
    private long freeAtNs;

    IoThrottle(Ticker ticker, double bytesPerSecond) {
        this.ticker = ticker;
        this.bytesPerSecond = bytesPerSecond;
        this.freeAtNs = ticker.nanoTime();
    }

    synchronized void limit(double changedBytesPerSecond) {
        bytesPerSecond = changedBytesPerSecond;
        freeAtNs = ticker.nanoTime();
    }

    /** Notes bytes that have been read or written; how long to wait before the next ones, in nanoseconds. */
    synchronized long pauseNs(long bytes) {
        long now = ticker.nanoTime();
        freeAtNs = Math.max(freeAtNs, now) + (long) (bytes / Math.max(1, bytesPerSecond) * NANOS_PER_SECOND);
        return freeAtNs - now;
    }
}
