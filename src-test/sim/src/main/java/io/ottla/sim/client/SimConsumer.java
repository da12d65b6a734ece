package io.ottla.sim.client;

import io.netty.buffer.ByteBuf;
import io.ottla.check.CommitHistory;
import io.ottla.check.DeliveryHistory;
import io.ottla.check.StoredRecord;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitResponse;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchResponse;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordCursor;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.sim.world.SimulationFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads all partitions from the beginning on, without members, and commits for its group how far it has come. */
public final class SimConsumer {
    private static final short FETCH_VERSION = 12;
    private static final short COMMIT_VERSION = 8;
    private static final short OFFSET_FETCH_VERSION = 8;
    private static final int FETCH_WAIT_MS = 2_000;
    private static final int FETCH_BYTES = 64 << 10;
    private static final long BACKOFF_MS = 100;
    private static final long COMMIT_MIN_MS = 300;
    private static final long COMMIT_MAX_MS = 4_000;

    private final ClientNode node;
    private final String group;
    private final DeliveryHistory deliveries;
    private final CommitHistory commits;
    private final Doubts doubts;
    private final long[] positions;
    private @Nullable String coordinator;
    private boolean asking;
    private boolean stopped;

    public SimConsumer(
            ClientNode node, String group, DeliveryHistory deliveries, CommitHistory commits, int partitions) {
        this.node = node;
        this.group = group;
        this.deliveries = deliveries;
        this.commits = commits;
        this.doubts = new Doubts(node.world());
        this.positions = new long[partitions];
    }

    public void start() {
        for (int i = 0; i < positions.length; i++) {
            int partition = i;
            node.later(BACKOFF_MS, () -> fetch(partition));
        }
        node.every(COMMIT_MIN_MS, COMMIT_MAX_MS, this::commitOrLook);
    }

    /** How far it has come. */
    public long position(int partition) {
        return positions[partition];
    }

    private void fetch(int partition) {
        String leader = node.leaderAddress(partition);
        if (leader == null) {
            node.later(BACKOFF_MS, () -> fetch(partition));
            return;
        }
        FetchRequest request = new FetchRequest()
                .setMaxWaitMs(FETCH_WAIT_MS)
                .setMinBytes(1)
                .setMaxBytes(FETCH_BYTES)
                .setSessionId(0)
                .setSessionEpoch(-1);
        FetchRequest.FetchTopic topic = new FetchRequest.FetchTopic().setTopic(node.topic());
        topic.partitions()
                .add(new FetchRequest.FetchPartition()
                        .setPartition(partition)
                        .setCurrentLeaderEpoch(node.leaderEpoch(partition))
                        .setFetchOffset(positions[partition])
                        .setPartitionMaxBytes(FETCH_BYTES));
        request.topics().add(topic);
        CompletableFuture<FetchResponse> sent = node.send(leader, request, FETCH_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            if (response != null && accept(partition, response)) {
                fetch(partition);
            } else {
                node.refresh();
                node.later(BACKOFF_MS, () -> fetch(partition));
            }
        });
    }

    private boolean accept(int partition, FetchResponse response) {
        if (response.errorCode() != ErrorCode.NONE.code()
                || response.responses().isEmpty()) {
            return false;
        }
        FetchResponse.PartitionData data =
                response.responses().get(0).partitions().get(0);
        ErrorCode error = ErrorCode.forCode(data.errorCode());
        if (error == ErrorCode.OFFSET_OUT_OF_RANGE) {
            throw node.world()
                    .fail(new SimulationFailure(
                            "what was delivered stays in the log",
                            node.topic() + "-" + partition,
                            "%s is at offset %d, which its leader does not have: start %d, high watermark %d"
                                    .formatted(
                                            group, positions[partition], data.logStartOffset(), data.highWatermark()),
                            null));
        }
        if (error != ErrorCode.NONE) {
            return false;
        }
        if (data.records() instanceof BufferRecords records) {
            read(partition, records.buffer());
        }
        return true;
    }

    private void read(int partition, ByteBuf records) {
        int at = records.readerIndex();
        while (records.writerIndex() - at >= RecordBatch.RECORDS_AT
                && records.writerIndex() - at >= RecordBatch.sizeBytes(records, at)) {
            if (!RecordBatch.isCrcValid(records, at)) {
                throw node.world()
                        .fail(new SimulationFailure(
                                "what is delivered is what was written",
                                node.topic() + "-" + partition,
                                "a batch at offset " + RecordBatch.baseOffset(records, at) + " has a wrong checksum",
                                null));
            }
            for (StoredRecord record : Batches.read(partition, records, at)) {
                if (record.offset() >= positions[partition]) {
                    deliveries.delivered(record);
                    positions[partition] = record.offset() + 1;
                }
            }
            at += RecordBatch.sizeBytes(records, at);
        }
    }

    // --- committed offsets

    /** Reads on, but commits nothing new. */
    public void stopCommitting() {
        stopped = true;
    }

    /** Whether no commit is under way, nor will be. */
    public boolean isIdle() {
        return stopped && !asking;
    }

    private void commitOrLook() {
        if (asking || stopped) {
            return;
        }
        String known = coordinator;
        if (known == null) {
            findCoordinator();
        } else if (node.world().random().nextBoolean()) {
            commit(known);
        } else {
            look(known);
        }
    }

    private void findCoordinator() {
        asking = true;
        var unused = node.findCoordinator(ClientNode.CoordinatorKind.GROUP, group)
                .thenAccept(found -> {
                    asking = false;
                    coordinator = found.orElse(null);
                });
    }

    private void commit(String to) {
        asking = true;
        long[] offsets = Arrays.copyOf(positions, positions.length);
        OffsetCommitRequest request =
                new OffsetCommitRequest().setGroupId(group).setGenerationIdOrMemberEpoch(-1);
        OffsetCommitRequest.OffsetCommitRequestTopic topic =
                new OffsetCommitRequest.OffsetCommitRequestTopic().setName(node.topic());
        for (int i = 0; i < offsets.length; i++) {
            commits.attempted(i, offsets[i]);
            topic.partitions()
                    .add(new OffsetCommitRequest.OffsetCommitRequestPartition()
                            .setPartitionIndex(i)
                            .setCommittedOffset(offsets[i]));
        }
        request.topics().add(topic);
        CompletableFuture<OffsetCommitResponse> sent = node.send(to, request, COMMIT_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            asking = false;
            if (response == null) {
                coordinator = null;
                for (int i = 0; i < offsets.length; i++) {
                    doubts.add(i, offsets[i]);
                }
                return;
            }
            for (OffsetCommitResponse.OffsetCommitResponsePartition partition :
                    response.topics().get(0).partitions()) {
                if (partition.errorCode() == ErrorCode.NONE.code()) {
                    commits.acknowledged(partition.partitionIndex(), offsets[partition.partitionIndex()]);
                } else {
                    coordinator = null;
                    doubts.add(partition.partitionIndex(), offsets[partition.partitionIndex()]);
                }
            }
        });
    }

    private void look(String at) {
        asking = true;
        long[] floors = new long[positions.length];
        OffsetFetchRequest.OffsetFetchRequestTopics topic =
                new OffsetFetchRequest.OffsetFetchRequestTopics().setName(node.topic());
        for (int i = 0; i < floors.length; i++) {
            floors[i] = doubts.floor(i, commits.floor(i));
            topic.partitionIndexes().add(i);
        }
        OffsetFetchRequest.OffsetFetchRequestGroup asked =
                new OffsetFetchRequest.OffsetFetchRequestGroup().setGroupId(group);
        asked.setTopics(new ArrayList<>(List.of(topic)));
        OffsetFetchRequest request = new OffsetFetchRequest();
        request.groups().add(asked);
        CompletableFuture<OffsetFetchResponse> sent = node.send(at, request, OFFSET_FETCH_VERSION);
        var unused = sent.whenComplete((response, failure) -> {
            asking = false;
            if (response == null || response.groups().get(0).errorCode() != ErrorCode.NONE.code()) {
                coordinator = null;
                return;
            }
            for (OffsetFetchResponse.OffsetFetchResponsePartitions partition :
                    response.groups().get(0).topics().get(0).partitions()) {
                if (partition.errorCode() == ErrorCode.NONE.code()) {
                    commits.found(
                            partition.partitionIndex(),
                            floors[partition.partitionIndex()],
                            Math.max(0, partition.committedOffset()));
                }
            }
        });
    }

    /** Records in batches. */
    public static final class Batches {
        private Batches() {}

        /** The records of the batch at a position. */
        public static List<StoredRecord> read(int partition, ByteBuf buffer, int position) {
            List<StoredRecord> found = new ArrayList<>();
            try (RecordCursor cursor = new RecordCursor().open(buffer, position)) {
                while (cursor.next()) {
                    ByteBuf value = cursor.value();
                    if (value != null) {
                        found.add(
                                StoredRecord.parse(partition, cursor.offset(), value.toString(StandardCharsets.UTF_8)));
                    }
                }
            }
            return found;
        }
    }
}
