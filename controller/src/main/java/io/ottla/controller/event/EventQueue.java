package io.ottla.controller.event;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs asynchronous events strictly one at a time. Confined to its executor; {@link #submit} takes events from any
 * thread.
 */
public final class EventQueue {

    private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

    private final EventExecutor executor;
    private final int maxPending;
    private final ArrayDeque<Event<?>> pending = new ArrayDeque<>();
    private boolean running;

    /**
     * An empty queue.
     *
     * @param maxPending {@code queued.max.requests}: events beyond it are refused
     */
    public EventQueue(EventExecutor executor, int maxPending) {
        this.executor = executor;
        this.maxPending = maxPending;
    }

    /** The queue is full; the event has not run. */
    public static final class OverflowException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        OverflowException(String event, int maxPending) {
            super(event + " is refused: " + maxPending + " controller events are waiting", null, false, false);
        }
    }

    /**
     * Adds an event behind those that wait, unless {@code queued.max.requests} of them do.
     *
     * @param name for messages
     * @param body called on the executor; the next event starts when its future is done
     * @return completes as the body's future does, or with {@link OverflowException}
     */
    public <T> CompletableFuture<T> submit(String name, Supplier<CompletableFuture<T>> body) {
        return enter(new Event<>(name, body, new CompletableFuture<>()), maxPending);
    }

    /** As {@link #submit}, for what the cluster itself reports: such events are coalesced by their source. */
    public <T> CompletableFuture<T> submitAlways(String name, Supplier<CompletableFuture<T>> body) {
        return enter(new Event<>(name, body, new CompletableFuture<>()), Integer.MAX_VALUE);
    }

    private <T> CompletableFuture<T> enter(Event<T> event, int bound) {
        if (executor.inEventLoop()) {
            enqueue(event, bound);
        } else {
            executor.execute(() -> enqueue(event, bound));
        }
        return event.result;
    }

    private void enqueue(Event<?> event, int bound) {
        if (pending.size() >= bound) {
            event.result.completeExceptionally(new OverflowException(event.name, bound));
            return;
        }
        pending.addLast(event);
        runNext();
    }

    private void runNext() {
        while (!running && !pending.isEmpty()) {
            running = true;
            run(pending.removeFirst());
        }
    }

    private <T> void run(Event<T> event) {
        CompletableFuture<T> done;
        try {
            done = event.body.get();
        } catch (RuntimeException e) {
            done = CompletableFuture.failedFuture(e);
        }
        var unused = done.whenComplete((value, failure) -> {
            if (executor.inEventLoop()) {
                finish(event, value, failure);
            } else {
                executor.execute(() -> finish(event, value, failure));
            }
        });
    }

    private <T> void finish(Event<T> event, T value, @Nullable Throwable failure) {
        running = false;
        if (failure == null) {
            event.result.complete(value);
        } else {
            LOG.debug("Controller event {} failed", event.name, failure);
            event.result.completeExceptionally(failure);
        }
        runNext();
    }

    private record Event<T>(String name, Supplier<CompletableFuture<T>> body, CompletableFuture<T> result) {}
}
