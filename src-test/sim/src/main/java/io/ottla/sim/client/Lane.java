package io.ottla.sim.client;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.sim.world.SimulationFailure;
import java.util.concurrent.CompletableFuture;

/** Reads one partition from the beginning on, for ever: fetches again behind what it was given. Confined to its client's loop. */
abstract class Lane {
    static final byte READ_UNCOMMITTED = 0;
    static final byte READ_COMMITTED = 1;
    private static final short FETCH_VERSION = 12;
    private static final int FETCH_BYTES = 64 << 10;
    private static final long BACKOFF_MS = 100;

    private final ClientNode node;
    private final int partition;
    private final byte isolation;
    private long position;

    Lane(ClientNode node, int partition, byte isolation) {
        this.node = node;
        this.partition = partition;
        this.isolation = isolation;
    }

    void start() {
        node.later(BACKOFF_MS, this::fetch);
    }

    int partition() {
        return partition;
    }

    /** How far it has come. */
    final long position() {
        return position;
    }

    /** Goes on there, if that is not behind where it is. */
    final void moveTo(long offset) {
        position = Math.max(position, offset);
    }

    /** Some batches have come. */
    abstract void onBatches(FetchResponse.PartitionData data);

    /** The batch at a position in the bytes that have come; its checksum is right. */
    abstract void onBatch(ByteBuf records, int at);

    final SimulationFailure fail(String invariant, String what) {
        return node.world()
                .fail(new SimulationFailure(
                        invariant, node.topic() + "-" + partition, node.name() + ": " + what, null));
    }

    private void fetch() {
        String leader = node.leaderAddress(partition);
        if (leader == null) {
            node.later(BACKOFF_MS, this::fetch);
            return;
        }
        FetchRequest request = new FetchRequest()
                .setMaxWaitMs(node.pace().fetchWaitMs())
                .setMinBytes(1)
                .setMaxBytes(FETCH_BYTES)
                .setIsolationLevel(isolation)
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
            throw fail(
                    "what was delivered stays in the log",
                    "offset %d is none that its leader has: start %d, high watermark %d"
                            .formatted(position, data.logStartOffset(), data.highWatermark()));
        }
        if (error != ErrorCode.NONE) {
            return false;
        }
        if (data.records() instanceof BufferRecords records) {
            onBatches(data);
            read(records.buffer());
        }
        return true;
    }

    private void read(ByteBuf records) {
        int at = records.readerIndex();
        while (records.writerIndex() - at >= RecordBatch.RECORDS_AT
                && records.writerIndex() - at >= RecordBatch.sizeBytes(records, at)) {
            if (!RecordBatch.isCrcValid(records, at)) {
                throw fail(
                        "what is delivered is what was written",
                        "a batch at offset " + RecordBatch.baseOffset(records, at) + " has a wrong checksum");
            }
            onBatch(records, at);
            at += RecordBatch.sizeBytes(records, at);
        }
    }
}
