package io.ottla.protocol.api;

import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;

/**
 * The way to one other broker, as one node sees it. Requests may be in flight together and are answered in order. All
 * methods may be called from any thread.
 */
public interface PeerChannel extends AutoCloseable {
    /**
     * Sends {@code request} as of {@code version}, a version that both sides know.
     *
     * <p>The future completes with the response, or with {@link PeerUnreachableException} when the peer cannot be
     * reached, hangs up, answers what cannot be understood, or stays silent beyond the request timeout: the request may
     * then have been processed or not. The implementation says on which thread it completes. Records in the response are
     * alive while the stages run that depend on the future without an executor of their own; whoever needs them longer
     * retains their buffer.
     *
     * @param <R> the response class that belongs to the request
     */
    <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version);

    /**
     * From now on the connection is open without waiting for a request, and opened again whenever it breaks: at once for
     * the first time, then with growing pauses.
     *
     * @param onRefused called, on the thread that completes requests, each time that an attempt to connect is refused,
     *     which is to say that the peer's host answers that no process listens there; must not block
     */
    void keepOpen(Runnable onRefused);

    /** Ends the connection for good; what is in flight, and what is sent later, fails. */
    @Override
    void close();
}
