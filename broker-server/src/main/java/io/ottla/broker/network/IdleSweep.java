package io.ottla.broker.network;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections that have been silent for {@code connections.max.idle.ms}, at the latest an eighth of that later. One
 * timer for each loop looks at all of its connections, so that a connection needs none. Its methods are called by one thread;
 * the timers run on their loops.
 */
final class IdleSweep {
    private static final int SWEEPS_PER_LIMIT = 8;

    private final Set<ConnectionHandler> connections;
    private final long limitMs;
    private final List<ScheduledFuture<?>> timers = new ArrayList<>();

    /**
     * @param connections those of all loops; thread-safe
     * @param limitMs not positive if connections may be silent for ever
     */
    IdleSweep(Set<ConnectionHandler> connections, long limitMs) {
        this.connections = connections;
        this.limitMs = limitMs;
    }

    void start(List<EventExecutor> loops) {
        if (limitMs <= 0) {
            return;
        }
        long periodMs = Math.max(1, limitMs / SWEEPS_PER_LIMIT);
        for (EventExecutor loop : loops) {
            timers.add(loop.scheduleWithFixedDelay(() -> sweep(loop), periodMs, periodMs, TimeUnit.MILLISECONDS));
        }
    }

    @SuppressWarnings("ReferenceEquality") // A loop is only itself.
    private void sweep(EventExecutor loop) {
        long limitNs = TimeUnit.MILLISECONDS.toNanos(limitMs);
        for (ConnectionHandler connection : connections) {
            if (connection.loop() == loop) {
                connection.closeIfIdle(limitNs);
            }
        }
    }

    void stop() {
        timers.forEach(timer -> timer.cancel(false));
        timers.clear();
    }
}
