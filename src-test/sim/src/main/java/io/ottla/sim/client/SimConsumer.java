package io.ottla.sim.client;

import io.netty.buffer.ByteBuf;
import io.ottla.check.CommitHistory;
import io.ottla.check.DeliveryHistory;
import io.ottla.check.StoredRecord;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitResponse;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchResponse;
import io.ottla.protocol.record.RecordCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads all partitions from the beginning on, without members, and commits for its group how far it has come. */
public final class SimConsumer {
    private static final short COMMIT_VERSION = 8;
    private static final short OFFSET_FETCH_VERSION = 8;
    private static final long COMMIT_MIN_MS = 300;
    private static final long COMMIT_MAX_MS = 4_000;

    private final ClientNode node;
    private final String group;
    private final DeliveryHistory deliveries;
    private final CommitHistory commits;
    private final Doubts doubts;
    private final List<Lane> lanes = new ArrayList<>();
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
        for (int i = 0; i < partitions; i++) {
            lanes.add(new DeliveredLane(i));
        }
    }

    public void start() {
        lanes.forEach(Lane::start);
        node.every(COMMIT_MIN_MS, COMMIT_MAX_MS, this::commitOrLook);
    }

    /** How far it has come. */
    public long position(int partition) {
        return lanes.get(partition).position();
    }

    private final class DeliveredLane extends Lane {
        DeliveredLane(int partition) {
            super(node, partition, READ_UNCOMMITTED);
        }

        @Override
        void onBatches(FetchResponse.PartitionData data) {
            // All of them are delivered, whatever else the answer says.
        }

        @Override
        void onBatch(ByteBuf records, int at) {
            for (StoredRecord record : Batches.read(partition(), records, at)) {
                if (record.offset() >= position()) {
                    deliveries.delivered(record);
                    moveTo(record.offset() + 1);
                }
            }
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
        long[] offsets = lanes.stream().mapToLong(Lane::position).toArray();
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
        long[] floors = new long[lanes.size()];
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
