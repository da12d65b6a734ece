package io.ottla.broker.network;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets a loop wait for its sockets without a time limit while the next of its timers is far away: with a limit the kernel
 * makes a timer at each wait, which is a twentieth of what a small request costs. An alarm on another thread wakes the loop
 * in time instead. Most timers are those of waits that end early, so that one alarm serves thousands of waits.
 *
 * <p>Confined to its loop, but for the alarms. An alarm that goes off gives the loop a task, so that none is lost: a loop
 * that has a task does not begin to wait.
 */
final class FarDeadlines implements IoHandler {
    /** A timer that is nearer than this is the loop's own: it is exact, and would hardly be shared. */
    static final long NEAR_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long NO_DEADLINE = -1;

    private final IoHandler inner;
    private final ThreadAwareExecutor loop;
    private final EventExecutor alarms;
    private final Ticker ticker;
    private final Waits waits = new Waits();

    /** The next alarm; null if there is none. */
    private final AtomicReference<Alarm> next = new AtomicReference<>();

    FarDeadlines(IoHandler inner, ThreadAwareExecutor loop, EventExecutor alarms, Ticker ticker) {
        this.inner = inner;
        this.loop = loop;
        this.alarms = alarms;
        this.ticker = ticker;
    }

    /** @param alarms where the alarms of all loops go off; it does little else */
    static IoHandlerFactory over(IoHandlerFactory inner, EventExecutor alarms, Ticker ticker) {
        return loop -> new FarDeadlines(inner.newHandler(loop), loop, alarms, ticker);
    }

    @Override
    public int run(IoHandlerContext context) {
        waits.context = context;
        return inner.run(waits);
    }

    /** What the loop tells of itself, without deadlines that are far. */
    private final class Waits implements IoHandlerContext {
        private IoHandlerContext context = this;

        @Override
        public boolean canBlock() {
            return context.canBlock();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return context.delayNanos(currentTimeNanos);
        }

        @Override
        public long deadlineNanos() {
            long deadlineNs = context.deadlineNanos();
            if (deadlineNs == NO_DEADLINE) {
                return NO_DEADLINE;
            }
            long nowNs = ticker.nanoTime();
            return deadlineNs - nowNs > NEAR_NS && isAlarmSet(deadlineNs, nowNs) ? NO_DEADLINE : deadlineNs;
        }

        @Override
        public void reportActiveIoTime(long activeNanos) {
            context.reportActiveIoTime(activeNanos);
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return context.shouldReportActiveIoTime();
        }
    }

    /** Sees to it that an alarm goes off at the deadline, or earlier. */
    private boolean isAlarmSet(long deadlineNs, long nowNs) {
        Alarm set = next.get();
        if (set != null && set.atNs - deadlineNs <= 0) {
            return true;
        }
        Alarm alarm = new Alarm(deadlineNs);
        next.set(alarm);
        try {
            var unused = alarms.schedule(alarm, deadlineNs - nowNs, TimeUnit.NANOSECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            next.set(null);
            return false;
        }
    }

    private final class Alarm implements Runnable {
        private final long atNs;

        Alarm(long atNs) {
            this.atNs = atNs;
        }

        /** Wakes the loop, unless an earlier alarm has taken the place of this one. */
        @Override
        public void run() {
            if (next.compareAndSet(this, null)) {
                try {
                    loop.execute(() -> {});
                } catch (RejectedExecutionException e) {
                    // The loop has ended, and with it its timers.
                    return;
                }
            }
        }
    }

    @Override
    public void initialize() {
        inner.initialize();
    }

    @Override
    public void prepareToDestroy() {
        inner.prepareToDestroy();
    }

    @Override
    public void destroy() {
        inner.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return inner.register(handle);
    }

    @Override
    public void wakeup() {
        inner.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return inner.isCompatible(handleType);
    }
}
