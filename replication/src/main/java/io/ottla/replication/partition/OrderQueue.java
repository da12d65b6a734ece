package io.ottla.replication.partition;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Has the orders for one partition carried out one after the other. Any thread. */
final class OrderQueue {

    /** The last order of each partition that has one under way. Guarded by this object's monitor. */
    private final Map<TopicPartition, CompletableFuture<?>> underWay = new HashMap<>();

    /** Carries out an order when those given before for the partition are done. */
    synchronized CompletableFuture<ErrorCode> add(TopicPartition name, Supplier<CompletableFuture<ErrorCode>> order) {
        CompletableFuture<?> before = underWay.get(name);
        CompletableFuture<ErrorCode> result = before == null
                ? order.get()
                : before.handle((done, failure) -> null).thenCompose(done -> order.get());
        if (!result.isDone()) {
            underWay.put(name, result);
            var unused = result.whenComplete((done, failure) -> forget(name, result));
        }
        return result;
    }

    private synchronized void forget(TopicPartition name, CompletableFuture<?> order) {
        underWay.remove(name, order);
    }
}
