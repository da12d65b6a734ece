package io.ottla.broker.coordinator.runtime;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The timers of one shard, all void once it is closed. Confined to the shard's loop. */
final class ShardTimers {
    private final EventExecutor loop;
    private final Ticker ticker;
    private final Set<Timer> timers = Collections.newSetFromMap(new IdentityHashMap<>());

    ShardTimers(EventExecutor loop, Ticker ticker) {
        this.loop = loop;
        this.ticker = ticker;
    }

    ShardTimer schedule(long delayMs, Runnable action) {
        long delayNs = TimeUnit.MILLISECONDS.toNanos(Math.max(delayMs, 0));
        Timer timer = new Timer(ticker.nanoTime() + delayNs);
        timers.add(timer);
        timer.future = loop.schedule(
                () -> {
                    if (timers.remove(timer)) {
                        action.run();
                    }
                },
                delayNs,
                TimeUnit.NANOSECONDS);
        return timer;
    }

    void cancelAll() {
        timers.forEach(Timer::cancelFuture);
        timers.clear();
    }

    private final class Timer implements ShardTimer {
        private final long deadlineNs;
        private @Nullable ScheduledFuture<?> future;

        Timer(long deadlineNs) {
            this.deadlineNs = deadlineNs;
        }

        @Override
        public long deadlineNs() {
            return deadlineNs;
        }

        @Override
        public void cancel() {
            timers.remove(this);
            cancelFuture();
        }

        void cancelFuture() {
            if (future != null) {
                future.cancel(false);
            }
        }
    }
}
