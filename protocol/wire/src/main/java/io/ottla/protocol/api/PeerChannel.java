package io.ottla.protocol.api;

import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;

/** The way to one other broker, as one node sees it. Requests may be in flight together and are answered in order. */
public interface PeerChannel {
    /**
     * Sends {@code request} as of {@code version}, a version that both sides know.
     *
     * <p>The future completes with the response, or exceptionally when the peer cannot be reached, hangs up, or stays
     * silent beyond the request timeout: the request may then have been processed or not. The implementation says on
     * which thread it completes, and keeps the response's records alive until the dependent stages have run.
     *
     * @param <R> the response class that belongs to the request
     */
    <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version);
}
