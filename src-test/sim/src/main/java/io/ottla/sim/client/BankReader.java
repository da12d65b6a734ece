package io.ottla.sim.client;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads the bank's topic as {@code read_committed} consumers do: it leaves out what the broker says is aborted. */
public final class BankReader {
    private final List<Lane> lanes = new ArrayList<>();

    public BankReader(ClientNode node, BankLedger ledger, int partitions) {
        for (int i = 0; i < partitions; i++) {
            lanes.add(new CommittedLane(node, ledger, i));
        }
    }

    public void start() {
        lanes.forEach(Lane::start);
    }

    /** How far it has come. */
    public long position(int partition) {
        return lanes.get(partition).position();
    }

    private static final class CommittedLane extends Lane {
        private final BankLedger ledger;
        /** Producers whose transaction, as far as read, is one that was aborted. */
        private final Set<Long> aborting = new TreeSet<>();
        /** Those that were aborted and whose first offset was not reached yet. */
        private final ArrayDeque<FetchResponse.AbortedTransaction> aborted = new ArrayDeque<>();

        private long lastStableOffset;

        CommittedLane(ClientNode node, BankLedger ledger, int partition) {
            super(node, partition, READ_COMMITTED);
            this.ledger = ledger;
        }

        /** The broker tells of all aborted transactions that overlap what it sends, those begun earlier included. */
        @Override
        void onBatches(FetchResponse.PartitionData data) {
            lastStableOffset = data.lastStableOffset();
            aborting.clear();
            aborted.clear();
            List<FetchResponse.AbortedTransaction> told = data.abortedTransactions();
            if (told != null) {
                List<FetchResponse.AbortedTransaction> sorted = new ArrayList<>(told);
                sorted.sort(Comparator.comparingLong(FetchResponse.AbortedTransaction::firstOffset));
                aborted.addAll(sorted);
            }
        }

        @Override
        void onBatch(ByteBuf records, int at) {
            long last = RecordBatch.lastOffset(records, at);
            if (last >= lastStableOffset) {
                throw fail(
                        "nothing undecided is delivered to read_committed",
                        "offset " + last + " with the last stable offset " + lastStableOffset);
            }
            while (!aborted.isEmpty() && aborted.getFirst().firstOffset() <= last) {
                aborting.add(aborted.removeFirst().producerId());
            }
            long producer = RecordBatch.producerId(records, at);
            boolean control = RecordBatch.isControl(records, at);
            boolean skipped = RecordBatch.isTransactional(records, at) && aborting.contains(producer);
            try (RecordCursor cursor = new RecordCursor().open(records, at)) {
                while (cursor.next()) {
                    if (control) {
                        if (EndTransactionMarker.isMarker(cursor)
                                && EndTransactionMarker.read(cursor).outcome() == EndTransactionMarker.Outcome.ABORT) {
                            aborting.remove(producer);
                        }
                    } else if (!skipped && cursor.offset() >= position()) {
                        deliver(cursor);
                    }
                }
            }
            moveTo(RecordBatch.nextOffset(records, at));
        }

        private void deliver(RecordCursor cursor) {
            ByteBuf value = cursor.value();
            if (value == null) {
                throw fail("what is delivered is what was written", "no value at offset " + cursor.offset());
            }
            String text = value.toString(StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            ledger.seen(
                    text.substring(0, colon),
                    partition(),
                    cursor.offset(),
                    Integer.parseInt(text.substring(colon + 1)));
        }
    }
}
