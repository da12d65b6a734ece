package io.ottla.storage.log;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.index.AbortedTransaction;
import io.ottla.storage.log.LogView.FirstBatch;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Reads a log as Apache Kafka's read_committed consumer does, which skips the records of transactions that a response calls
 * aborted.
 */
final class CommittedReader {
    private static final int FETCH_BYTES = 500;

    private CommittedReader() {}

    /** Takes a batch that the consumer returns. */
    interface Visitor {
        void onBatch(ByteBuf bytes, int at, long fetchOffset);
    }

    /** From the log start to the last stable offset. */
    static void read(LogView view, Visitor visitor) throws IOException {
        long next = view.logStartOffset();
        while (next < view.lastStableOffset()) {
            FetchedRecords fetched = view.read(next, FETCH_BYTES, view.lastStableOffset(), FirstBatch.WHOLE);
            PriorityQueue<AbortedTransaction> aborted =
                    new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
            aborted.addAll(view.abortedTransactions(fetched));
            ByteBuf bytes = LogFixture.bytes(fetched);
            if (!bytes.isReadable()) {
                return;
            }
            next = visit(bytes, next, aborted, visitor);
        }
    }

    private static long visit(
            ByteBuf bytes, long fetchOffset, PriorityQueue<AbortedTransaction> aborted, Visitor visitor) {
        Set<Long> abortedProducers = new HashSet<>();
        long next = fetchOffset;
        int at = 0;
        while (bytes.readableBytes() - at >= RecordBatch.RECORDS_AT
                && bytes.readableBytes() - at >= RecordBatch.sizeBytes(bytes, at)) {
            long producerId = RecordBatch.producerId(bytes, at);
            while (!aborted.isEmpty() && aborted.peek().firstOffset() <= RecordBatch.lastOffset(bytes, at)) {
                abortedProducers.add(aborted.remove().producerId());
            }
            if (RecordBatch.isControl(bytes, at)) {
                abortedProducers.remove(producerId); // An abort marker ends it; a commit marker has none to end.
            } else if (!(RecordBatch.isTransactional(bytes, at) && abortedProducers.contains(producerId))) {
                visitor.onBatch(bytes, at, fetchOffset);
            }
            next = RecordBatch.nextOffset(bytes, at);
            at += RecordBatch.sizeBytes(bytes, at);
        }
        return next;
    }
}
