package io.ottla.broker.handler;

import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * An event loop that does nothing until the test runs it, on the test's own thread; its time stands still until the test
 * advances it. A thread is "in" the loop only while the loop runs one of its tasks, so several loops share one thread.
 */
public final class ManualLoop extends AbstractScheduledEventExecutor {

    private final MockTicker ticker;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Promise<?> termination = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);
    private int depth;

    public ManualLoop() {
        this(Ticker.newMockTicker());
    }

    public ManualLoop(MockTicker ticker) {
        this.ticker = ticker;
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

    /** Runs the oldest task, or the first due timer; false if there is neither. */
    public boolean runOne() {
        depth++;
        try {
            Runnable task = tasks.poll();
            if (task == null) {
                task = pollScheduledTask(ticker.nanoTime());
            }
            if (task == null) {
                return false;
            }
            task.run();
            return true;
        } finally {
            depth--;
        }
    }

    /** Runs until neither task nor due timer is left. */
    public void runAll() {
        while (runOne()) {
            // Each run may add tasks.
        }
    }

    /** Runs {@code action} as if the loop did. */
    public void inLoop(Runnable action) {
        depth++;
        try {
            action.run();
        } finally {
            depth--;
        }
    }

    /** Runs what is due, lets time pass, runs what has become due. */
    public void advanceMs(long ms) {
        runAll();
        ticker.advance(ms, TimeUnit.MILLISECONDS);
        runAll();
    }

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

    @Override
    public boolean isShuttingDown() {
        return false;
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return termination;
    }

    @Override
    public Future<?> terminationFuture() {
        return termination;
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
        return false;
    }
}
