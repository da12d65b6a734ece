package io.ottla.broker.bootstrap;

import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;

/** A broker without an address for other brokers: every request fails. */
record UnreachablePeer(String why) implements PeerChannel {
    @Override
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        return CompletableFuture.failedFuture(new PeerUnreachableException(why));
    }

    /** There is nothing to open. */
    @Override
    public void keepOpen(Runnable onRefused) {}

    @Override
    public void close() {}
}
