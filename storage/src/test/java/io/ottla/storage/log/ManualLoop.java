package io.ottla.storage.log;

import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** A loop that runs in the test's thread, when the test says so, and whose time the test moves. */
final class ManualLoop extends AbstractScheduledEventExecutor {
    /** The thread that counts as the loop's own. */
    Thread owner = Thread.currentThread();

    private final MockTicker ticker = Ticker.newMockTicker();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Promise<Void> termination = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);

    /** Runs all that is due, and what that brings about. */
    void run() {
        boolean ran = true;
        while (ran) {
            Runnable task = tasks.poll();
            if (task == null) {
                task = pollScheduledTask(ticker.nanoTime());
            }
            ran = task != null;
            if (task != null) {
                task.run();
            }
        }
    }

    /** Lets time pass, then runs all that is due. */
    void advanceMs(long ms) {
        run();
        ticker.advance(ms, TimeUnit.MILLISECONDS);
        run();
    }

    @Override
    public Ticker ticker() {
        return ticker;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return thread == owner;
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
    public void shutdown() {
        throw new UnsupportedOperationException();
    }

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
