package io.ottla.loop;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * An event loop that does nothing until the test runs it, on the test's own thread; its time stands still until the test
 * advances it. A thread is "in" the loop while the loop runs one of its tasks or after {@link #enter}, so that several loops
 * share one thread and assertions of ownership still mean something.
 */
public final class ManualLoop extends EndlessLoop {
    private static final long START_MS = 1_700_000_000_000L;

    private final MockTicker ticker;
    private final long startNs;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private int depth;

    /** A loop with a time of its own. */
    public ManualLoop() {
        this(Ticker.newMockTicker());
    }

    /** A loop that shares its time with others. */
    public ManualLoop(MockTicker ticker) {
        this.ticker = ticker;
        this.startNs = ticker.nanoTime();
    }

    /** A loop which the test is in from the start. */
    public static ManualLoop entered() {
        ManualLoop loop = new ManualLoop();
        loop.enter();
        return loop;
    }

    /** From here on the test counts as in the loop. */
    public void enter() {
        depth++;
    }

    /** Ends what {@link #enter} began. */
    public void leave() {
        depth--;
    }

    /** Runs {@code action} as if the loop did. */
    public void inLoop(Runnable action) {
        enter();
        try {
            action.run();
        } finally {
            leave();
        }
    }

    /** Runs the oldest task, or the first due timer; false if there is neither. */
    public boolean runOne() {
        enter();
        try {
            Runnable task = tasks.poll();
            if (task == null) {
                task = pollScheduledTask(ticker.nanoTime());
            }
            if (task != null) {
                task.run();
            }
            return task != null;
        } finally {
            leave();
        }
    }

    /** Runs until neither task nor due timer is left. */
    public void runAll() {
        while (runOne()) {
            // Each run may add tasks.
        }
    }

    /** Lets time pass from one timer to the next, each of them run at its time. */
    public void advanceMs(long ms) {
        runAll();
        long endNs = ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        for (long leftNs = endNs - ticker.nanoTime(); leftNs > 0; leftNs = endNs - ticker.nanoTime()) {
            long untilNextNs = nextScheduledTaskNano();
            ticker.advance(untilNextNs < 0 ? leftNs : Math.max(1, Math.min(untilNextNs, leftNs)), TimeUnit.NANOSECONDS);
            runAll();
        }
    }

    /** Whether a timer is left once everything that is due has run. */
    public boolean hasTimers() {
        runAll();
        return hasScheduledTasks();
    }

    /** Runs the loops' tasks in an order drawn from {@code random} until none is left. */
    public static void interleave(Random random, List<ManualLoop> loops) {
        int idle = 0;
        int next = random.nextInt(loops.size());
        while (idle < loops.size()) {
            idle = loops.get(next).runOne() ? 0 : idle + 1;
            next = idle == 0 ? random.nextInt(loops.size()) : (next + 1) % loops.size();
        }
    }

    /** The wall clock's milliseconds that go with the ticker. */
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
        return depth > 0;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }
}
