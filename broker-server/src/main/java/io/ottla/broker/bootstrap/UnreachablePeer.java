package io.ottla.broker.bootstrap;

import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;

/** Another broker, as long as brokers have no connections among themselves: every request fails. */
record UnreachablePeer(int brokerId) implements PeerChannel {
    @Override
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        return CompletableFuture.failedFuture(new UnsupportedPeerException(
                "broker " + brokerId + " cannot be reached: there are no connections between brokers yet"));
    }

    /** Why a request was not sent. */
    static final class UnsupportedPeerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnsupportedPeerException(String message) {
            super(message, null, false, false);
        }
    }
}
