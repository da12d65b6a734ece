package io.ottla.broker.bootstrap;

import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;

/**
 * The way of one kind of request from a broker to itself, without a socket. Stateless; any thread. Futures complete wherever
 * the service completes them.
 */
final class OwnBroker<Q extends ApiMessage> implements PeerChannel {
    private final Class<Q> requests;
    private final Service<Q> service;

    /** Serves a request of a version as its handler does. */
    @FunctionalInterface
    interface Service<Q extends ApiMessage> {
        CompletableFuture<? extends ApiMessage> serve(Q request, short version);
    }

    OwnBroker(Class<Q> requests, Service<Q> service) {
        this.requests = requests;
        this.service = service;
    }

    @Override
    @SuppressWarnings("unchecked") // The response class belongs to the request class.
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        try {
            return (CompletableFuture<R>) service.serve(requests.cast(request), version);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The own process is always there. */
    @Override
    public void keepOpen(Runnable onRefused) {}

    @Override
    public void close() {}
}
