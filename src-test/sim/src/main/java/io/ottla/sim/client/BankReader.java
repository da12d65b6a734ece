package io.ottla.sim.client;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordCursor;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.sim.world.SimulationFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Reads the bank's topic as {@code read_committed} consumers do: it leaves out what the broker says is aborted. */
public final class BankReader {
    private static final short FETCH_VERSION = 12;
    private static final byte READ_COMMITTED = 1;
    private static final int FETCH_WAIT_MS = 2_000;
    private static final int FETCH_BYTES = 64 << 10;
    private static final long BACKOFF_MS = 100;

    private final ClientNode node;
    private final BankLedger ledger;
    private final List<Lane> lanes = new ArrayList<>();

    public BankReader(ClientNode node, BankLedger ledger, int partitions) {
        this.node = node;
        this.ledger = ledger;
        for (int i = 0; i < partitions; i++) {
            lanes.add(new Lane(i));
        }
    }

    public void start() {
        lanes.forEach(lane -> node.later(BACKOFF_MS, lane::fetch));
    }

    /** How far it has come. */
    public long position(int partition) {
        return lanes.get(partition).position;
    }

    private final class Lane {
        private final int partition;
        /** Producers whose transaction, as far as read, is one that was aborted. */
        private final Set<Long> aborting = new TreeSet<>();

        private long position;

        Lane(int partition) {
            this.partition = partition;
        }

        void fetch() {
            String leader = node.leaderAddress(partition);
            if (leader == null) {
                node.later(BACKOFF_MS, this::fetch);
                return;
            }
            FetchRequest request = new FetchRequest()
                    .setMaxWaitMs(FETCH_WAIT_MS)
                    .setMinBytes(1)
                    .setMaxBytes(FETCH_BYTES)
                    .setIsolationLevel(READ_COMMITTED)
                    .setSessionId(0)
                    .setSessionEpoch(-1);
            FetchRequest.FetchTopic topic = new FetchRequest.FetchTopic().setTopic(node.topic());
            topic.partitions()
                    .add(new FetchRequest.FetchPartition()
                            .setPartition(partition)
                            .setCurrentLeaderEpoch(node.leaderEpoch(partition))
                            .setFetchOffset(position)
                            .setPartitionMaxBytes(FETCH_BYTES));
            request.topics().add(topic);
            CompletableFuture<FetchResponse> sent = node.send(leader, request, FETCH_VERSION);
            var unused = sent.whenComplete((response, failure) -> {
                if (response != null && accept(response)) {
                    fetch();
                } else {
                    node.refresh();
                    node.later(BACKOFF_MS, this::fetch);
                }
            });
        }

        private boolean accept(FetchResponse response) {
            if (response.errorCode() != ErrorCode.NONE.code()
                    || response.responses().isEmpty()) {
                return false;
            }
            FetchResponse.PartitionData data =
                    response.responses().get(0).partitions().get(0);
            ErrorCode error = ErrorCode.forCode(data.errorCode());
            if (error == ErrorCode.OFFSET_OUT_OF_RANGE) {
                throw fail("what was delivered stays in the log", "offset " + position + " is out of range");
            }
            if (error != ErrorCode.NONE) {
                return false;
            }
            if (data.records() instanceof BufferRecords records) {
                read(records.buffer(), data);
            }
            return true;
        }

        private SimulationFailure fail(String invariant, String what) {
            return node.world()
                    .fail(new SimulationFailure(
                            invariant, node.topic() + "-" + partition, node.name() + ": " + what, null));
        }

        private void read(ByteBuf records, FetchResponse.PartitionData data) {
            List<FetchResponse.AbortedTransaction> told = data.abortedTransactions();
            ArrayDeque<FetchResponse.AbortedTransaction> aborted =
                    new ArrayDeque<>(told == null ? List.of() : sorted(told));
            // The broker tells of all aborted transactions that overlap what it sends, those begun earlier included.
            aborting.clear();
            int at = records.readerIndex();
            while (records.writerIndex() - at >= RecordBatch.RECORDS_AT
                    && records.writerIndex() - at >= RecordBatch.sizeBytes(records, at)) {
                if (!RecordBatch.isCrcValid(records, at)) {
                    throw fail("what is delivered is what was written", "a wrong checksum");
                }
                if (RecordBatch.lastOffset(records, at) >= data.lastStableOffset()) {
                    throw fail(
                            "nothing undecided is delivered to read_committed",
                            "offset " + RecordBatch.lastOffset(records, at) + " with the last stable offset "
                                    + data.lastStableOffset());
                }
                long last = RecordBatch.lastOffset(records, at);
                while (!aborted.isEmpty() && aborted.getFirst().firstOffset() <= last) {
                    aborting.add(aborted.removeFirst().producerId());
                }
                readBatch(records, at);
                at += RecordBatch.sizeBytes(records, at);
            }
        }

        private static List<FetchResponse.AbortedTransaction> sorted(List<FetchResponse.AbortedTransaction> told) {
            List<FetchResponse.AbortedTransaction> sorted = new ArrayList<>(told);
            sorted.sort(Comparator.comparingLong(FetchResponse.AbortedTransaction::firstOffset));
            return sorted;
        }

        private void readBatch(ByteBuf records, int at) {
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
                    } else if (!skipped && cursor.offset() >= position) {
                        deliver(cursor);
                    }
                }
            }
            position = Math.max(position, RecordBatch.nextOffset(records, at));
        }

        private void deliver(RecordCursor cursor) {
            ByteBuf value = cursor.value();
            if (value == null) {
                throw fail("what is delivered is what was written", "no value at offset " + cursor.offset());
            }
            String text = value.toString(StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            ledger.seen(
                    text.substring(0, colon), partition, cursor.offset(), Integer.parseInt(text.substring(colon + 1)));
        }
    }
}
