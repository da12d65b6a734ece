package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.broker.coordinator.transaction.MarkerSender.Marker;
import io.ottla.protocol.error.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings prepared transactions to their end: markers into all partitions, then the COMPLETE record. Confined to the shard's
 * loop.
 *
 * <p>Markers leave only when the PREPARE record is known to be committed. Where that is not known, after an election or an
 * append that was not answered in time, the same record is appended once more: if that one is committed, the first is.
 */
final class Completions {
    private static final Logger log = LoggerFactory.getLogger(Completions.class);

    /** Before a refused append, or a fenced marker, is tried again. */
    private static final long RETRY_MS = 500;

    private final ShardContext context;
    private final TransactionStore store;
    private final MarkerSender sender;
    private final HeldRequests held;
    /** Transactions being brought to their end, with the markers on their way, if any are. */
    private final Map<String, Drive> drives = new HashMap<>();

    private boolean closed;

    /** One prepared transaction's way to its end. */
    private static final class Drive {
        private @Nullable CompletableFuture<ErrorCode> markers;
    }

    /** @param held who waits for the end of a transaction */
    Completions(ShardContext context, TransactionStore store, MarkerSender sender, HeldRequests held) {
        this.context = context;
        this.store = store;
        this.sender = sender;
        this.held = held;
    }

    /** To be told how the append of a PREPARE record ended that was not made here. */
    void onPrepareAppended(String transactionalId, ErrorCode outcome) {
        if (drives.putIfAbsent(transactionalId, new Drive()) == null) {
            afterPrepare(transactionalId, outcome);
        }
    }

    /** Makes sure that a prepared transaction is on its way to its end. */
    void resume(Transaction transaction) {
        if (drives.putIfAbsent(transaction.id(), new Drive()) == null) {
            appendAgain(transaction.id());
        }
    }

    /** Aborts a transaction in the name of an epoch that fences its producer. */
    void abortFencing(Transaction ongoing) {
        Transaction prepared = ongoing.fenced(context.nowMs());
        context.append(List.of(store.recordOf(prepared)), outcome -> onPrepareAppended(prepared.id(), outcome));
    }

    private void appendAgain(String transactionalId) {
        Transaction transaction = preparedOrDone(transactionalId);
        if (transaction != null) {
            CoordinatorRecord same = store.recordOf(transaction);
            context.append(List.of(same), outcome -> afterPrepare(transactionalId, outcome));
        }
    }

    private void afterPrepare(String transactionalId, ErrorCode outcome) {
        Transaction transaction = preparedOrDone(transactionalId);
        if (transaction == null) {
            return;
        }
        if (outcome != ErrorCode.NONE) {
            later(transactionalId);
        } else if (transaction.partitions().isEmpty()) {
            complete(transaction);
        } else {
            sendMarkers(transaction);
        }
    }

    /** The transaction, if there is still something to do; else its drive is over. */
    private @Nullable Transaction preparedOrDone(String transactionalId) {
        Transaction transaction = closed ? null : store.find(transactionalId);
        if (transaction == null || !transaction.status().isPrepared()) {
            drives.remove(transactionalId);
            held.maybeRelease(transactionalId);
            return null;
        }
        return transaction;
    }

    private void sendMarkers(Transaction transaction) {
        Drive drive = drives.get(transaction.id());
        if (drive == null) {
            return;
        }
        Marker marker = new Marker(
                transaction.producer().id(),
                transaction.producer().epoch(),
                transaction.status().isCommit(),
                context.leaderEpoch(),
                transaction.clientVersion());
        CompletableFuture<ErrorCode> sent = sender.send(marker, transaction.partitions());
        drive.markers = sent;
        CompletableFuture<ErrorCode> unused = sent.whenComplete((outcome, cause) -> context.onLoop(() -> {
            if (!closed && drives.get(transaction.id()) == drive) {
                drive.markers = null;
                afterMarkers(transaction, marker, outcome, cause);
            }
        }));
    }

    private void afterMarkers(Transaction sent, Marker marker, @Nullable ErrorCode outcome, @Nullable Throwable cause) {
        Transaction transaction = preparedOrDone(sent.id());
        if (transaction == null) {
            return;
        }
        if (outcome == ErrorCode.NONE && transaction.equals(sent)) {
            complete(transaction);
            return;
        }
        // A newer coordinator may be at work already, of which this one has not heard; then it is unloaded soon.
        log.warn(
                "transactional id '{}': {} could not be written in all partitions: {}",
                sent.id(),
                marker,
                cause == null ? outcome : cause.toString());
        later(sent.id());
    }

    private void complete(Transaction prepared) {
        Transaction completed = prepared.completed(context.nowMs());
        context.append(List.of(store.recordOf(completed)), outcome -> {
            if (outcome == ErrorCode.NONE) {
                drives.remove(prepared.id());
            } else {
                later(prepared.id());
            }
        });
        // What the next transaction begins with goes into the same batch.
        held.maybeRelease(prepared.id());
    }

    private void later(String transactionalId) {
        if (!closed) {
            context.schedule(RETRY_MS, () -> appendAgain(transactionalId));
        }
    }

    void close() {
        closed = true;
        for (Drive drive : drives.values()) {
            if (drive.markers != null) {
                drive.markers.cancel(false);
            }
        }
        drives.clear();
    }
}
