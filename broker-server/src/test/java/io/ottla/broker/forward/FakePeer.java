package io.ottla.broker.forward;

import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** A peer that gives the answers it was told to give, in their order, and keeps silent after them. */
public final class FakePeer implements PeerChannel {
    private final Queue<CompletableFuture<? extends ApiMessage>> answers = new ArrayDeque<>();
    private final List<ApiMessage> received = new ArrayList<>();
    private boolean closed;
    private int keptOpen;

    public FakePeer answers(ApiMessage response) {
        answers.add(CompletableFuture.completedFuture(response));
        return this;
    }

    public FakePeer fails(RuntimeException failure) {
        answers.add(CompletableFuture.failedFuture(failure));
        return this;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        received.add(request);
        CompletableFuture<? extends ApiMessage> next = answers.poll();
        return next == null ? new CompletableFuture<>() : (CompletableFuture<R>) next;
    }

    @Override
    public void keepOpen(Runnable onRefused) {
        keptOpen++;
    }

    @Override
    public void close() {
        closed = true;
    }

    public List<ApiMessage> received() {
        return received;
    }

    boolean isClosed() {
        return closed;
    }

    boolean isKeptOpen() {
        return keptOpen > 0;
    }
}
