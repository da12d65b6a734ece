package io.ottla.broker.request;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what arrives before the broker is ready, and lets it pass in the order in which it has arrived: two
 * produces of one connection must not change places. Each queue is confined to its loop.
 */
public final class Gate {
    private final CompletableFuture<?> open;
    private final Map<EventExecutor, Queue<Runnable>> waiting = new ConcurrentHashMap<>();

    /** @param open completes, on any thread, when everything may pass */
    public Gate(CompletableFuture<?> open) {
        this.open = open;
    }

    /** Runs {@code action}, now or later; to be called on {@code loop}, where it will run. */
    <T extends @Nullable Object> CompletableFuture<T> pass(EventExecutor loop, Supplier<CompletableFuture<T>> action) {
        // Open is not enough: what waits on this loop has not passed yet.
        if (open.isDone() && waiting.isEmpty()) {
            return action.get();
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        queue(loop).add(() -> start(action, result));
        return result;
    }

    private Queue<Runnable> queue(EventExecutor loop) {
        Queue<Runnable> queue = waiting.get(loop);
        if (queue == null) {
            queue = new ArrayDeque<>();
            waiting.put(loop, queue);
            var unused = open.whenComplete((done, failure) -> loop.execute(() -> drain(loop)));
        }
        return queue;
    }

    private void drain(EventExecutor loop) {
        Queue<Runnable> queue = waiting.get(loop);
        if (queue != null) {
            for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
                next.run();
            }
            waiting.remove(loop);
        }
    }

    private static <T extends @Nullable Object> void start(
            Supplier<CompletableFuture<T>> action, CompletableFuture<T> result) {
        CompletableFuture<T> started;
        try {
            started = action.get();
        } catch (RuntimeException e) {
            started = CompletableFuture.failedFuture(e);
        }
        var unused = started.whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
    }
}
