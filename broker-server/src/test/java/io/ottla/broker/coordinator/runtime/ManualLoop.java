package io.ottla.broker.coordinator.runtime;

import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** An event loop on the test's own thread, whose time passes only when the test says so. */
public final class ManualLoop extends AbstractScheduledEventExecutor {
    private static final long START_MS = 1_700_000_000_000L;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final MockTicker ticker = Ticker.newMockTicker();
    private final long startNs = ticker.nanoTime();

    /** Runs what is due now. */
    public void runDue() {
        Runnable task = nextDue();
        while (task != null) {
            task.run();
            task = nextDue();
        }
    }

    private Runnable nextDue() {
        Runnable due = pollScheduledTask(ticker.nanoTime());
        while (due != null) {
            tasks.add(due);
            due = pollScheduledTask(ticker.nanoTime());
        }
        return tasks.poll();
    }

    /** Lets time pass millisecond by millisecond, running everything at its time. */
    public void advanceMs(long ms) {
        runDue();
        long endNs = ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        while (ticker.nanoTime() < endNs) {
            long untilNextNs = nextScheduledTaskNano();
            long leftNs = endNs - ticker.nanoTime();
            ticker.advance(untilNextNs < 0 ? leftNs : Math.max(1, Math.min(untilNextNs, leftNs)), TimeUnit.NANOSECONDS);
            runDue();
        }
    }

    public long nowMs() {
        return START_MS + TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime() - startNs);
    }

    /** The wall clock that goes with the ticker. */
    public Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(nowMs());
            }
        };
    }

    @Override
    public Ticker ticker() {
        return ticker;
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public boolean isShuttingDown() {
        return false;
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return terminationFuture();
    }

    @Override
    public Future<?> terminationFuture() {
        return GlobalEventExecutor.INSTANCE.newSucceededFuture(null);
    }

    @Override
    @Deprecated
    public void shutdown() {}

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}
