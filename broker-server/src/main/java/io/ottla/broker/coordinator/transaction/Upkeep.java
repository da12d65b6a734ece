package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.protocol.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens without a request: abandoned transactions are aborted, prepared ones that nobody drives are driven on, and
 * transactional ids that nobody uses are forgotten. Confined to the shard's loop. It starts when the shard is loaded.
 */
final class Upkeep {
    private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

    /** Tombstones of one append, which must fit a batch: an id has at most 32,767 bytes. */
    private static final int TOMBSTONES_PER_APPEND = 16;

    private final ShardContext context;
    private final TransactionStore store;
    private final Completions completions;
    private final TransactionSettings settings;
    private final Consumer<String> forget;

    /** @param forget told of each transactional id whose tombstone is written */
    Upkeep(
            ShardContext context,
            TransactionStore store,
            Completions completions,
            TransactionSettings settings,
            Consumer<String> forget) {
        this.context = context;
        this.store = store;
        this.completions = completions;
        this.settings = settings;
        this.forget = forget;
    }

    void start() {
        every(settings.timeoutCheckIntervalMs(), this::endOverdue);
        every(settings.expiryCheckIntervalMs(), this::expire);
    }

    private void every(long intervalMs, Runnable action) {
        context.schedule(intervalMs, () -> {
            try {
                action.run();
            } finally {
                every(intervalMs, action);
            }
        });
    }

    private void endOverdue() {
        store.select(transaction -> transaction.status().isPrepared()).forEach(completions::resume);
        long nowMs = context.nowMs();
        for (Transaction overdue : store.select(transaction -> transaction.hasTimedOut(nowMs))) {
            log.info(
                    "transactional id '{}': the transaction of {} is aborted, it took longer than {} ms",
                    overdue.id(),
                    overdue.producer(),
                    overdue.times().timeoutMs());
            completions.abortFencing(overdue);
        }
    }

    private void expire() {
        long nowMs = context.nowMs();
        List<Transaction> expired =
                store.select(transaction -> transaction.isExpired(settings.idExpirationMs(), nowMs));
        for (int from = 0; from < expired.size(); from += TOMBSTONES_PER_APPEND) {
            List<CoordinatorRecord> tombstones = new ArrayList<>();
            for (Transaction each : expired.subList(from, Math.min(expired.size(), from + TOMBSTONES_PER_APPEND))) {
                tombstones.add(TransactionRecords.tombstone(each.id()));
                forget.accept(each.id());
            }
            context.append(tombstones, outcome -> {
                if (outcome != ErrorCode.NONE) {
                    log.warn("expired transactional ids of partition {} stay: {}", context.partition(), outcome);
                }
            });
        }
        if (!expired.isEmpty()) {
            log.info("partition {}: {} transactional ids have expired", context.partition(), expired.size());
        }
    }
}
