package io.ottla.storage.compaction;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordCursor;
import io.ottla.storage.index.AbortedTransaction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows the transactions through a log that is read batch by batch, and tells aborted data, and markers whose data are gone.
 * Confined to its job. One trail leads through all segments of a reading: a transaction may reach over several
 * (KAFKA-13727).
 */
final class TransactionTrail {
    private final List<AbortedTransaction> aborted;
    private int nextAborted;
    private final Map<Long, Aborting> abortingByProducer = new HashMap<>();
    private final Set<Long> committing = new HashSet<>();
    private final RecordCursor cursor = new RecordCursor();
    private @Nullable AbortedTransaction indexEntry;

    /** An aborted transaction, of which data may have been seen. */
    private static final class Aborting {
        final AbortedTransaction transaction;
        boolean hasData;

        Aborting(AbortedTransaction transaction) {
            this.transaction = transaction;
        }
    }

    /** @param aborted in the order of their first offsets */
    TransactionTrail(List<AbortedTransaction> aborted) {
        this.aborted = aborted;
    }

    /** Whether the batch, which holds data, belongs to a transaction that has been aborted. */
    boolean isAborted(ByteBuf buffer, int index) {
        beginUpTo(RecordBatch.lastOffset(buffer, index));
        if (!RecordBatch.isTransactional(buffer, index)) {
            return false;
        }
        long producerId = RecordBatch.producerId(buffer, index);
        Aborting aborting = abortingByProducer.get(producerId);
        if (aborting == null) {
            committing.add(producerId);
            return false;
        }
        aborting.hasData = true;
        return true;
    }

    /**
     * Whether the control batch says nothing any more: a marker without data of its transaction before it, or an empty batch.
     * If not, and it ends an aborted transaction, {@link #indexEntry} has what its segment's index must keep.
     */
    boolean isMarkerSpent(ByteBuf buffer, int index) {
        indexEntry = null;
        beginUpTo(RecordBatch.lastOffset(buffer, index));
        try (RecordCursor marker = cursor.open(buffer, index)) {
            if (!marker.next()) {
                return true;
            }
            if (!EndTransactionMarker.isMarker(marker)) {
                return false;
            }
            long producerId = RecordBatch.producerId(buffer, index);
            if (EndTransactionMarker.read(marker).outcome() == EndTransactionMarker.Outcome.COMMIT) {
                return !committing.remove(producerId);
            }
            Aborting ended = abortingByProducer.remove(producerId);
            if (ended == null || !ended.hasData) {
                return true;
            }
            indexEntry = ended.transaction;
            return false;
        }
    }

    /** The aborted transaction that the marker just seen ends, if it still has data; or null. */
    @Nullable
    AbortedTransaction indexEntry() {
        return indexEntry;
    }

    private void beginUpTo(long offset) {
        while (nextAborted < aborted.size() && aborted.get(nextAborted).firstOffset() <= offset) {
            AbortedTransaction transaction = aborted.get(nextAborted++);
            abortingByProducer.putIfAbsent(transaction.producerId(), new Aborting(transaction));
        }
    }
}
