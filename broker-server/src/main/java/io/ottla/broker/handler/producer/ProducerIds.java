package io.ottla.broker.handler.producer;

import io.ottla.broker.handler.producer.ProducerIdSource.Block;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Hands out producer ids, each once. Thread-safe through its monitor: it is asked once in a producer's life.
 *
 * <p>One block is in use and, from nine tenths of it on, the next one is fetched ahead, so nobody waits for the controller
 * but the first.
 */
public final class ProducerIds {

    /** Most producers that may wait for a block; further ones are told to come back. */
    static final int MAX_WAITING = 10_000;

    private final ProducerIdSource source;
    private final Queue<CompletableFuture<Long>> waiting = new ArrayDeque<>();
    private long nextId;
    private long endId;
    private long prefetchAtId;
    private @Nullable Block ahead;
    private boolean fetching;

    public ProducerIds(ProducerIdSource source) {
        this.source = source;
    }

    /** An id that nobody else gets; fails with COORDINATOR_LOAD_IN_PROGRESS, on which clients retry. */
    public CompletableFuture<Long> next() {
        CompletableFuture<Long> result = new CompletableFuture<>();
        boolean fetch;
        synchronized (this) {
            if (waiting.size() >= MAX_WAITING) {
                return CompletableFuture.failedFuture(comeBack("too many producers wait for ids"));
            }
            Long id = take();
            if (id == null) {
                waiting.add(result);
            } else {
                result.complete(id);
            }
            fetch = ahead == null && !fetching && nextId >= prefetchAtId;
            fetching |= fetch;
        }
        if (fetch) {
            source.nextBlock().whenComplete(this::onBlock);
        }
        return result;
    }

    private @Nullable Long take() {
        if (nextId == endId && ahead != null) {
            nextId = ahead.firstId();
            endId = nextId + ahead.size();
            prefetchAtId = endId - ahead.size() / 10;
            ahead = null;
        }
        return nextId < endId ? nextId++ : null;
    }

    private void onBlock(@Nullable Block block, @Nullable Throwable failure) {
        List<CompletableFuture<Long>> served = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        boolean fetchMore;
        synchronized (this) {
            fetching = false;
            ahead = block;
            Long id = waiting.isEmpty() ? null : take();
            while (id != null) {
                served.add(waiting.remove());
                ids.add(id);
                id = waiting.isEmpty() ? null : take();
            }
            if (block == null) {
                served.addAll(waiting);
                waiting.clear();
            }
            fetchMore = !waiting.isEmpty();
            fetching = fetchMore;
        }
        for (int i = 0; i < served.size(); i++) {
            if (i < ids.size()) {
                served.get(i).complete(ids.get(i));
            } else {
                served.get(i).completeExceptionally(comeBack("the controller gave no producer ids: " + failure));
            }
        }
        if (fetchMore) {
            source.nextBlock().whenComplete(this::onBlock);
        }
    }

    private static ApiException comeBack(String why) {
        return new ApiException(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, why);
    }
}
