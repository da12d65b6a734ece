package io.ottla.controller.event;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Waits for pipelined requests. */
public final class Gather {

    private Gather() {}

    /** The values of all, in order; fails as soon as all are done and one of them has failed. */
    public static <T> CompletableFuture<List<T>> all(Collection<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    List<T> values = new ArrayList<>(futures.size());
                    futures.forEach(future -> values.add(future.join()));
                    return values;
                });
    }

    /** Starts a request for each item, without waiting in between, and gathers the values. */
    public static <A, T> CompletableFuture<List<T>> each(
            Collection<A> items, Function<A, CompletableFuture<T>> request) {
        List<CompletableFuture<T>> started = new ArrayList<>(items.size());
        for (A item : items) {
            started.add(request.apply(item));
        }
        return all(started);
    }
}
