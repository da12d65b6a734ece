package io.ottla.broker.handler.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteRecordsRequest;
import io.ottla.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import io.ottla.protocol.message.DeleteRecordsRequest.DeleteRecordsTopic;
import io.ottla.protocol.message.DeleteRecordsResponse;
import io.ottla.protocol.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import io.ottla.protocol.message.DescribeLogDirsRequest;
import io.ottla.protocol.message.DescribeLogDirsResponse;
import io.ottla.protocol.message.ListOffsetsRequest;
import io.ottla.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.ottla.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.ottla.protocol.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.protocol.message.OffsetForLeaderEpochRequest;
import io.ottla.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import io.ottla.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import io.ottla.protocol.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import io.ottla.replication.partition.FollowerFetch;
import io.ottla.replication.partition.FollowerSession;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import io.ottla.replication.partition.RequiredAcks;
import io.ottla.storage.log.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ListOffsets, OffsetForLeaderEpoch, DeleteRecords and DescribeLogDirs over real logs. */
class LogHandlersTest {

    private static final long T = DataPlane.NOW_MS;

    private DataPlane plane;
    private ListOffsetsHandler listOffsets;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        plane = new DataPlane(directory, 9);
        plane.lead("t", 2);
        listOffsets = new ListOffsetsHandler(plane.locator, plane.work::add);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void listsTheEndsOfALogWithoutReadingIt() {
        plane.append("t", 0, "a", "b", "c");
        assertThat(list(9, -1).offset()).isEqualTo(3);
        assertThat(list(9, -2).offset()).isZero();
        assertThat(list(9, -4).offset()).isZero();
        assertThat(list(9, -5).offset()).isEqualTo(-1);
        assertThat(list(11, -6).offset()).isEqualTo(-1);
        assertThat(list(9, -1).leaderEpoch()).isZero();
        assertThat(list(1, -1).leaderEpoch()).isEqualTo(-1);
        assertThat(plane.work).isEmpty();
    }

    @Test
    void searchesForTimestampsOnAWorker() {
        append(T, "a", "b");
        append(T + 100, "c");
        append(T + 50, "d");
        ListOffsetsPartitionResponse hit = list(4, T + 10);
        assertThat(hit.offset()).isEqualTo(2);
        assertThat(hit.timestamp()).isEqualTo(T + 100);
        assertThat(hit.leaderEpoch()).isZero();
        assertThat(list(4, 0).offset()).isZero();
        assertThat(list(4, T + 101).offset()).isEqualTo(-1);
        assertThat(list(4, T + 101).errorCode()).isZero();
        assertThat(list(7, -3).offset()).isEqualTo(2);
        CompletableFuture<?> answer = plane.send(listOffsets, context(4), request(0, T));
        plane.loops.get(0).runAll();
        assertThat(answer).isNotDone();
        assertThat(plane.await(answer)).isNotNull();
    }

    @Test
    void refusesPlacesThatTheVersionDoesNotKnow() {
        short unsupported = ErrorCode.UNSUPPORTED_VERSION.code();
        assertThat(list(6, -3).errorCode()).isEqualTo(unsupported);
        assertThat(list(7, -4).errorCode()).isEqualTo(unsupported);
        assertThat(list(8, -5).errorCode()).isEqualTo(unsupported);
        assertThat(list(10, -6).errorCode()).isEqualTo(unsupported);
        assertThat(list(11, -7).errorCode()).isEqualTo(unsupported);
    }

    @Test
    void checksLeaderEpochsAndRepeatedPartitions() {
        ListOffsetsRequest request = request(0, -1);
        request.topics().get(0).partitions().get(0).setCurrentLeaderEpoch(8);
        assertThat(only(request, 4).errorCode()).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH.code());
        ListOffsetsRequest twice = request(0, -1);
        twice.topics()
                .get(0)
                .setPartitions(List.of(
                        new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-1),
                        new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-1)));
        assertThat(plane.ask(listOffsets, context(4), twice).topics().get(0).partitions())
                .extracting(ListOffsetsPartitionResponse::errorCode)
                .containsExactly((short) 0, ErrorCode.INVALID_REQUEST.code());
        assertThat(only(request(7, -1), 4).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void consumersAreToldToWaitWhileANewLeaderLagsBehindItsStart() {
        plane.order("two", 0, DataPlane.BROKER, 0, List.of(DataPlane.BROKER, 2));
        plane.append("two", 0, "a");
        plane.order("two", 0, DataPlane.BROKER, 1, List.of(DataPlane.BROKER, 2));
        ListOffsetsRequest request = request(0, -1);
        request.topics().get(0).setName("two");
        assertThat(only(request, 5).errorCode()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE.code());
        assertThat(only(request, 4).errorCode()).isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE.code());
        assertThat(only(request.setReplicaId(-2), 5).offset()).isEqualTo(1);
    }

    @Test
    void tellsWhereLeaderEpochsEnd() {
        plane.append("t", 0, "a", "b");
        plane.order("t", 0, DataPlane.BROKER, 3, List.of(DataPlane.BROKER));
        plane.append("t", 0, "c");
        OffsetForLeaderEpochHandler handler = new OffsetForLeaderEpochHandler(plane.locator);
        assertThat(epochEnd(handler, 0, -1).endOffset()).isEqualTo(2);
        assertThat(epochEnd(handler, 2, 3).leaderEpoch()).isZero();
        assertThat(epochEnd(handler, 3, 3).endOffset()).isEqualTo(3);
        assertThat(epochEnd(handler, 4, 3).endOffset()).isEqualTo(-1);
        assertThat(epochEnd(handler, 0, 2).errorCode()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH.code());
    }

    @Test
    void deletesRecordsAndTellsTheNewStart() {
        plane.append("t", 0, "a", "b", "c");
        DeleteRecordsHandler handler = new DeleteRecordsHandler(plane.locator);
        DeleteRecordsPartitionResult result = delete(handler, "t", 0, 2);
        assertThat(result.lowWatermark()).isEqualTo(2);
        assertThat(list(9, -2).offset()).isEqualTo(2);
        assertThat(delete(handler, "t", 0, -1).lowWatermark()).isEqualTo(3);
        assertThat(delete(handler, "t", 0, 4).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
        assertThat(delete(handler, "t", 9, 0).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        plane.configs.put(
                "compacted",
                LogConfig.DEFAULT.withRetention(
                        new LogConfig.Retention(Set.of(LogConfig.CleanupPolicy.COMPACT), -1, -1)));
        plane.lead("compacted", 1);
        assertThat(delete(handler, "compacted", 0, 0).errorCode()).isEqualTo(ErrorCode.POLICY_VIOLATION.code());
        assertThat(delete(handler, "__consumer_offsets", 0, 0).errorCode())
                .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
    }

    @Test
    void aDeletionIsAnsweredWhenTheFollowersHaveFollowed() {
        plane.order("two", 0, DataPlane.BROKER, 0, List.of(DataPlane.BROKER, 2));
        plane.append("two", 0, "a", "b", "c");
        Partition partition = plane.hosted("two", 0);
        follow(partition, 3, 0);
        CompletableFuture<DeleteRecordsResponse> answer = startDeletion("two", 2);
        assertThat(answer).isNotDone();
        follow(partition, 3, 2);
        assertThat(resultOf(answer).errorCode()).isZero();
        assertThat(resultOf(answer).lowWatermark()).isEqualTo(2);
    }

    @Test
    void aDeletionThatAFollowerDoesNotFollowTimesOut() {
        plane.order("two", 0, DataPlane.BROKER, 0, List.of(DataPlane.BROKER, 2));
        plane.append("two", 0, "a", "b", "c");
        Partition partition = plane.hosted("two", 0);
        follow(partition, 3, 0);
        CompletableFuture<DeleteRecordsResponse> late = startDeletion("two", 2);
        plane.ticker.advance(999, TimeUnit.MILLISECONDS);
        plane.run();
        assertThat(late).isNotDone();
        plane.ticker.advance(1, TimeUnit.MILLISECONDS);
        plane.run();
        assertThat(resultOf(late).errorCode()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT.code());
        CompletableFuture<DeleteRecordsResponse> deposed = startDeletion("two", 3);
        plane.order("two", 0, 2, 1, List.of(DataPlane.BROKER, 2));
        plane.run();
        assertThat(resultOf(deposed).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
    }

    private void follow(Partition partition, long fetchOffset, long logStartOffset) {
        partition.loop().execute(() -> {
            LeaderRole leader = partition.leader();
            if (leader != null) {
                partition.onFollowerFetch(
                        leader, new FollowerFetch(2, -1, fetchOffset, logStartOffset, new FollowerSession()));
            }
        });
        plane.run();
    }

    private CompletableFuture<DeleteRecordsResponse> startDeletion(String topic, long offset) {
        CompletableFuture<DeleteRecordsResponse> answer = plane.send(
                new DeleteRecordsHandler(plane.locator),
                context(2),
                new DeleteRecordsRequest()
                        .setTimeoutMs(1_000)
                        .setTopics(List.of(new DeleteRecordsRequest.DeleteRecordsTopic()
                                .setName(topic)
                                .setPartitions(List.of(new DeleteRecordsRequest.DeleteRecordsPartition()
                                        .setPartitionIndex(0)
                                        .setOffset(offset))))));
        plane.run();
        return answer;
    }

    private static DeleteRecordsPartitionResult resultOf(CompletableFuture<DeleteRecordsResponse> answer) {
        assertThat(answer).isCompleted();
        return answer.join().topics().iterator().next().partitions().iterator().next();
    }

    @Test
    void describesLogDirectories() {
        plane.append("t", 1, "a");
        DescribeLogDirsHandler handler = new DescribeLogDirsHandler(plane.logs, plane.work::add);
        DescribeLogDirsResponse response = plane.ask(handler, context(4), new DescribeLogDirsRequest().setTopics(null));
        assertThat(response.results()).singleElement().satisfies(result -> {
            assertThat(result.totalBytes()).isPositive();
            assertThat(result.usableBytes()).isPositive();
            assertThat(result.topics()).singleElement().satisfies(topic -> assertThat(topic.partitions())
                    .extracting(p -> p.partitionSize())
                    .containsExactly(0L, (long) DataPlane.batch("a").readableBytes()));
        });
        DescribeLogDirsRequest some = new DescribeLogDirsRequest();
        some.topics()
                .add(new DescribeLogDirsRequest.DescribableLogDirTopic()
                        .setTopic("t")
                        .setPartitions(List.of(1)));
        assertThat(plane.ask(handler, context(4), some)
                        .results()
                        .get(0)
                        .topics()
                        .get(0)
                        .partitions())
                .hasSize(1);
    }

    private void append(long timestampMs, String... values) {
        Partition partition = plane.hosted("t", 0);
        ByteBuf batch = DataPlane.batch(timestampMs, values);
        partition
                .loop()
                .execute(() -> partition.append(batch, 12, RequiredAcks.LEADER, result -> assertThat(result.isSuccess())
                        .isTrue()));
        plane.run();
    }

    private ListOffsetsPartitionResponse list(int version, long timestamp) {
        return only(request(0, timestamp), version);
    }

    private ListOffsetsPartitionResponse only(ListOffsetsRequest request, int version) {
        return plane.ask(listOffsets, context(version), request)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    private static ListOffsetsRequest request(int partition, long timestamp) {
        ListOffsetsRequest request = new ListOffsetsRequest().setReplicaId(-1);
        request.topics()
                .add(new ListOffsetsTopic()
                        .setName("t")
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(timestamp))));
        return request;
    }

    private EpochEndOffset epochEnd(OffsetForLeaderEpochHandler handler, int epoch, int currentEpoch) {
        OffsetForLeaderEpochRequest request = new OffsetForLeaderEpochRequest();
        request.topics()
                .add(new OffsetForLeaderTopic()
                        .setTopic("t")
                        .setPartitions(List.of(new OffsetForLeaderPartition()
                                .setPartition(0)
                                .setLeaderEpoch(epoch)
                                .setCurrentLeaderEpoch(currentEpoch))));
        return plane.ask(handler, context(4), request)
                .topics()
                .iterator()
                .next()
                .partitions()
                .get(0);
    }

    private DeleteRecordsPartitionResult delete(
            DeleteRecordsHandler handler, String topic, int partition, long offset) {
        DeleteRecordsRequest request = new DeleteRecordsRequest();
        request.topics()
                .add(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(partition)
                                .setOffset(offset))));
        return plane.ask(handler, context(2), request)
                .topics()
                .iterator()
                .next()
                .partitions()
                .iterator()
                .next();
    }

    private TestContext context(int version) {
        return new TestContext(version, plane.loops.get(0));
    }
}
