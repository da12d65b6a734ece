package io.ottla.storage.compaction;

import io.ottla.storage.index.AbortedTransaction;
import io.ottla.storage.segment.LogSegment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The aborted transactions of a part of a log, out of the transaction indexes of its segments. Stateless. */
final class AbortedTransactions {
    private AbortedTransactions() {}

    /**
     * Those that have records or a marker in the part, in the order of their first offsets. Blocks.
     *
     * @param segments from the one of {@code fromOffset} on; as many as may have the markers of transactions that reach over
     *     the end
     * @param endOffset exclusive
     */
    static List<AbortedTransaction> of(List<LogSegment> segments, long fromOffset, long endOffset) throws IOException {
        List<AbortedTransaction> found = new ArrayList<>();
        boolean complete = false;
        for (int i = 0; i < segments.size() && !complete; i++) {
            for (AbortedTransaction entry : segments.get(i).transactionIndex().all()) {
                if (entry.lastOffset() >= fromOffset && entry.firstOffset() < endOffset) {
                    found.add(entry);
                }
                complete |= entry.lastStableOffset() >= endOffset;
            }
        }
        found.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
        return found;
    }
}
