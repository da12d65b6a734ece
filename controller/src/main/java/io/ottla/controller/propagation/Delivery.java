package io.ottla.controller.propagation;

import java.util.concurrent.CompletableFuture;

/**
 * One request on its way to one broker. Both futures complete on the controller's executor and never fail.
 *
 * @param answer completes when the broker has answered, or gone
 * @param attempted completes with the answer, or when the broker could not be reached, however long that lasts: nobody
 *     who only wants to be polite need wait any longer
 */
public record Delivery(CompletableFuture<BrokerAnswer> answer, CompletableFuture<Void> attempted) {

    static Delivery begin() {
        CompletableFuture<BrokerAnswer> answer = new CompletableFuture<>();
        CompletableFuture<Void> attempted = new CompletableFuture<>();
        var unused = answer.thenRun(() -> attempted.complete(null));
        return new Delivery(answer, attempted);
    }
}
