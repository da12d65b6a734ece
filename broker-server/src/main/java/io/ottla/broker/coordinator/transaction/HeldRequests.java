package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.broker.coordinator.runtime.ShardTimer;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Requests of clients that came while the transaction before was being completed. They go on, in the order in which they
 * came, once it is, or without that after {@link #MAX_MS}: then their command refuses them. Confined to the shard's loop.
 *
 * <p>A client that is refused comes again after 20 ms at best, which is many times as long as markers take. What is held
 * keeps its part of {@code queued.max.request.bytes}, and has nobody behind it but its own client, which waits for the
 * answer anyhow. Requests of brokers are never held: there the transactions of many clients share a connection.
 */
final class HeldRequests {
    /** Longer than markers take unless a broker is away, shorter than the patience of any client. */
    static final long MAX_MS = 500;

    private final ShardContext context;
    private final TransactionStore store;
    private final Map<String, List<CompletableFuture<@Nullable Void>>> held = new LinkedHashMap<>();

    HeldRequests(ShardContext context, TransactionStore store) {
        this.context = context;
        this.store = store;
    }

    /** Completes when the transactional id has no transaction that is decided but not complete, or the time is over. */
    CompletableFuture<@Nullable Void> untilEnded(String transactionalId) {
        CompletableFuture<@Nullable Void> turn = new CompletableFuture<>();
        if (!isPrepared(transactionalId)) {
            turn.complete(null);
            return turn;
        }
        held.computeIfAbsent(transactionalId, id -> new ArrayList<>()).add(turn);
        ShardTimer timer = context.schedule(MAX_MS, () -> giveUp(transactionalId, turn));
        var unused = turn.whenComplete((done, cause) -> timer.cancel());
        return turn;
    }

    private boolean isPrepared(String transactionalId) {
        Transaction found = store.find(transactionalId);
        return found != null && found.status().isPrepared();
    }

    private void giveUp(String transactionalId, CompletableFuture<@Nullable Void> turn) {
        List<CompletableFuture<@Nullable Void>> waiting = held.get(transactionalId);
        if (waiting != null && waiting.removeIf(other -> other == turn) && waiting.isEmpty()) {
            held.remove(transactionalId);
        }
        turn.complete(null);
    }

    /** The transaction may have ended: if so, who waited for it goes on. */
    void maybeRelease(String transactionalId) {
        if (!isPrepared(transactionalId)) {
            List<CompletableFuture<@Nullable Void>> waiting = held.remove(transactionalId);
            if (waiting != null) {
                waiting.forEach(turn -> turn.complete(null));
            }
        }
    }

    /** The shard is given up: its clients look for another coordinator. */
    void close() {
        List<CompletableFuture<@Nullable Void>> waiting = new ArrayList<>();
        held.values().forEach(waiting::addAll);
        held.clear();
        ApiException gone =
                new ApiException(ErrorCode.NOT_COORDINATOR, "the transactional id is coordinated elsewhere");
        waiting.forEach(turn -> turn.completeExceptionally(gone));
    }
}
