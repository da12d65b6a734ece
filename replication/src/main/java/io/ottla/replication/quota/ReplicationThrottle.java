package io.ottla.replication.quota;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * Bytes per second that throttled replication may take, measured over the last few windows as Apache Kafka measures it: the
 * sum over the windows, divided by the time since the oldest of them began. Any thread.
 *
 * <p>It does not hold anybody up itself. Those who copy ask it before they copy, and tell it how much they have copied, so
 * the rate is exceeded by at most what is copied at once.
 */
public final class ReplicationThrottle {

    /** No bound. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private final Ticker ticker;
    private final long windowNs;
    private final long[] startsNs;
    private final long[] sums;
    private int newest;
    private int count;
    private volatile long bytesPerSecond = UNLIMITED;

    /**
     * Unlimited, to begin with.
     *
     * @param windows how many windows the rate is measured over, the one that is being filled included
     * @param windowSeconds length of a window
     */
    public ReplicationThrottle(Ticker ticker, int windows, int windowSeconds) {
        this.ticker = ticker;
        this.windowNs = TimeUnit.SECONDS.toNanos(windowSeconds);
        this.startsNs = new long[windows];
        this.sums = new long[windows];
    }

    /** Sets the bound; {@link #UNLIMITED} for none. */
    public void limit(long toBytesPerSecond) {
        bytesPerSecond = toBytesPerSecond;
    }

    /** Counts bytes that have been copied. */
    public void record(long bytes) {
        if (bytesPerSecond != UNLIMITED) {
            add(bytes, ticker.nanoTime());
        }
    }

    private synchronized void add(long bytes, long nowNs) {
        expire(nowNs);
        if (count == 0 || nowNs - startsNs[newest] >= windowNs) {
            newest = (newest + 1) % sums.length;
            count = Math.min(count + 1, sums.length);
            startsNs[newest] = nowNs;
            sums[newest] = 0;
        }
        sums[newest] += bytes;
    }

    /** Whether nothing more is to be copied for now. */
    public boolean isExceeded() {
        return bytesPerSecond != UNLIMITED && remainingNs() > 0;
    }

    /** Milliseconds until copying may go on if nothing is copied meanwhile; 0 if it may at once. */
    public long delayMs() {
        return bytesPerSecond == UNLIMITED ? 0 : (remainingNs() + 999_999) / 1_000_000;
    }

    private synchronized long remainingNs() {
        long nowNs = ticker.nanoTime();
        expire(nowNs);
        if (count == 0) {
            return 0;
        }
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += sums[at(i)];
        }
        long oldestNs = startsNs[at(count - 1)];
        long neededNs = (long) ((double) sum * 1e9 / (double) Math.max(1, bytesPerSecond));
        long elapsedNs = Math.max(nowNs - oldestNs, windowNs);
        if (neededNs <= elapsedNs) {
            return 0;
        }
        // Whatever is measured now, the oldest window is forgotten when its time is over.
        long forgottenNs = oldestNs + windowNs * sums.length - nowNs;
        return Math.max(1, Math.min(neededNs - (nowNs - oldestNs), forgottenNs));
    }

    private int at(int age) {
        return Math.floorMod(newest - age, sums.length);
    }

    private void expire(long nowNs) {
        while (count > 0 && nowNs - startsNs[at(count - 1)] >= windowNs * sums.length) {
            count--;
        }
    }
}
