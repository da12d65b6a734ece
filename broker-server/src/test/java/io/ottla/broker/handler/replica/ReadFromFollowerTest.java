package io.ottla.broker.handler.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchRequest.FetchPartition;
import io.ottla.protocol.message.FetchRequest.FetchTopic;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.FetchResponse.PartitionData;
import io.ottla.protocol.schema.RecordBytes;
import io.ottla.replication.partition.RequiredAcks;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumers that read from the replica that is near (KIP-392). */
class ReadFromFollowerTest {

    private ReplicaCluster cluster;

    @BeforeEach
    void open(@TempDir Path directory) {
        cluster = new ReplicaCluster(directory, 17, 3);
        cluster.racks.putAll(Map.of(1, "a", 2, "b", 3, "c"));
        cluster.elect(1, List.of(1, 2, 3));
        cluster.produce(1, RequiredAcks.ALL, "x");
        cluster.advanceMs(ReplicaCluster.WAIT_MAX_MS);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aConsumerIsSentToTheInSyncReplicaOfItsRack() {
        assertThat(fetch(1, 11, "b", 0).preferredReadReplica()).isEqualTo(2);
        assertThat(fetch(1, 17, "b", 0).preferredReadReplica()).isEqualTo(2);
        assertThat(fetch(1, 11, "a", 0).preferredReadReplica()).isEqualTo(-1);
        assertThat(fetch(1, 11, "elsewhere", 0).preferredReadReplica()).isEqualTo(-1);
        assertThat(fetch(1, 11, "", 0).preferredReadReplica()).isEqualTo(-1);
        assertThat(sizeOf(fetch(1, 11, "a", 0))).isPositive();
        assertThat(sizeOf(fetch(1, 11, "b", 0))).isZero();
    }

    @Test
    void nobodyIsSentToAReplicaThatIsNotInSyncOrLacksTheOffset() {
        cluster.cut(2, 1);
        cluster.produce(1, RequiredAcks.LEADER, "y");
        assertThat(fetch(1, 11, "b", 2).preferredReadReplica()).isEqualTo(-1);
        cluster.isr = List.of(1, 3);
        cluster.elect(1, List.of(1, 3), 1, 3);
        assertThat(fetch(1, 11, "b", 0).preferredReadReplica()).isEqualTo(-1);
        assertThat(fetch(1, 11, "c", 0).preferredReadReplica()).isEqualTo(3);
    }

    @Test
    void aFollowerServesWhatIsCommittedAndWakesConsumersWhenMoreIs() {
        assertThat(sizeOf(fetch(2, 11, "b", 0))).isPositive();
        assertThat(fetch(2, 11, "b", 7).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
        CompletableFuture<FetchResponse> waiting = send(2, 12, "b", 1, 60_000);
        cluster.run();
        assertThat(waiting).isNotDone();
        cluster.produce(1, RequiredAcks.ALL, "y");
        assertThat(waiting).isNotDone();
        cluster.advanceMs(ReplicaCluster.WAIT_MAX_MS);
        assertThat(sizeOf(only(cluster.await(waiting)))).isPositive();
    }

    @Test
    void consumersThatDoNotKnowOfItAreServedByTheLeaderOnly() {
        assertThat(fetch(2, 10, "", 0).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
    }

    private PartitionData fetch(int broker, int version, String rack, long offset) {
        return only(cluster.await(send(broker, version, rack, offset, 0)));
    }

    private CompletableFuture<FetchResponse> send(int broker, int version, String rack, long offset, int waitMs) {
        ClusterBroker target = cluster.broker(broker);
        FetchTopic topic = new FetchTopic()
                .setPartitions(List.of(new FetchPartition()
                        .setPartition(0)
                        .setFetchOffset(offset)
                        .setPartitionMaxBytes(1 << 20)));
        FetchRequest request = new FetchRequest()
                .setMaxWaitMs(waitMs)
                .setMinBytes(1)
                .setRackId(rack)
                .setSessionEpoch(-1)
                .setTopics(List.of(
                        version > 12
                                ? topic.setTopicId(DataPlane.idOf(ReplicaCluster.TOPIC))
                                : topic.setTopic(ReplicaCluster.TOPIC)));
        CompletableFuture<FetchResponse> answer = new CompletableFuture<>();
        TestContext context = new TestContext(version, target.loops.get(0));
        target.loops.get(0).execute(() -> target.handle(request, context)
                .thenAccept(response -> answer.complete((FetchResponse) response)));
        return answer;
    }

    private static PartitionData only(FetchResponse response) {
        return response.responses().get(0).partitions().get(0);
    }

    /** The size of the records, which are released. */
    private static int sizeOf(PartitionData data) {
        RecordBytes records = data.records();
        if (records == null) {
            return 0;
        }
        int size = records.sizeBytes();
        records.release();
        return size;
    }
}
