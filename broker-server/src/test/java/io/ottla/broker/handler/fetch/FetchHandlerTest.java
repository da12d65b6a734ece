package io.ottla.broker.handler.fetch;

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
import io.ottla.replication.quota.LeaderThrottle;
import io.ottla.replication.quota.ReplicationThrottle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetches that are answered at once, sessions and errors; waiting has a test of its own. */
class FetchHandlerTest {

    private DataPlane plane;
    private FetchHandler handler;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        plane = new DataPlane(directory, 8);
        plane.lead("t", 3);
        handler = handler(FetchHandler.Settings.HOT_TAIL_BYTES);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private FetchHandler handler(long hotTailBytes) {
        return new FetchHandler(
                plane.locator,
                new FetchHandler.Settings(1 << 20, 10, ReplicaSelector.RACK_AWARE, hotTailBytes),
                plane.work::add,
                plane.ticker,
                new Random(1),
                new LeaderThrottle(new ReplicationThrottle(plane.ticker, 11, 1), 1));
    }

    @Test
    void readsWhatIsThereAndTellsTheOffsetsOfTheLog() {
        plane.append("t", 0, "a", "b");
        int size = DataPlane.batch("a", "b").readableBytes();
        for (int version = 4; version <= 12; version++) {
            FetchResponse response = plane.ask(handler, context(version), full(partition(0, 0)));
            PartitionData data = only(response);
            assertThat(data.errorCode()).isZero();
            assertThat(data.highWatermark()).isEqualTo(2);
            assertThat(data.lastStableOffset()).isEqualTo(2);
            assertThat(data.logStartOffset()).isZero();
            assertThat(data.abortedTransactions()).isNull();
            assertThat(sizeOf(data)).isEqualTo(size);
            release(response);
        }
    }

    @Test
    void readCommittedConsumersGetAListOfAbortedTransactions() {
        plane.append("t", 0, "a");
        FetchResponse response =
                plane.ask(handler, context(12), full(partition(0, 0)).setIsolationLevel((byte) 1));
        assertThat(only(response).abortedTransactions()).isEmpty();
        release(response);
    }

    @Test
    void returnsTheFirstBatchWholeAndTheOthersOnlyIfTheyFit() {
        plane.append("t", 0, "a".repeat(1000));
        plane.append("t", 1, "b".repeat(1000));
        int size = DataPlane.batch("a".repeat(1000)).readableBytes();
        FetchResponse response = plane.ask(
                handler, context(12), full(partition(0, 0), partition(1, 0)).setMaxBytes(10));
        assertThat(response.responses().get(0).partitions())
                .extracting(FetchHandlerTest::sizeOf)
                .containsExactly(size, 0);
        release(response);
        FetchRequest smallPartitions = full(partition(0, 0), partition(1, 0));
        smallPartitions.topics().get(0).partitions().forEach(p -> p.setPartitionMaxBytes(1));
        response = plane.ask(handler, context(12), smallPartitions);
        assertThat(response.responses().get(0).partitions())
                .extracting(FetchHandlerTest::sizeOf)
                .containsExactly(size, 0);
        release(response);
    }

    @Test
    void tellsEachPartitionsError() {
        plane.append("t", 0, "a");
        plane.order("other", 0, 2, 7, List.of(2));
        FetchRequest request =
                full(partition(0, 5), partition(0, 0).setPartition(1).setCurrentLeaderEpoch(3), partition(9, 0));
        request.topics().add(new FetchTopic().setTopic("other").setPartitions(List.of(partition(0, 0))));
        FetchResponse response = plane.ask(handler, context(12), request);
        List<PartitionData> all = new ArrayList<>();
        response.responses().forEach(topic -> all.addAll(topic.partitions()));
        assertThat(all)
                .extracting(data -> ErrorCode.forCode(data.errorCode()))
                .containsExactly(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        ErrorCode.UNKNOWN_LEADER_EPOCH,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(all.get(3).currentLeader().leaderId()).isEqualTo(2);
        assertThat(all.get(3).currentLeader().leaderEpoch()).isEqualTo(7);
    }

    @Test
    void namesTheNewLeadersEndpointFromVersion16On() {
        plane.order("other", 0, 2, 7, List.of(2));
        FetchRequest request = full();
        request.topics().clear();
        request.topics()
                .add(new FetchTopic().setTopicId(DataPlane.idOf("other")).setPartitions(List.of(partition(0, 0))));
        FetchResponse response = plane.ask(handler, context(16), request);
        assertThat(response.nodeEndpoints()).singleElement().satisfies(node -> assertThat(node.port())
                .isEqualTo(9092));
        assertThat(plane.ask(handler, context(15), request).nodeEndpoints()).isEmpty();
    }

    @Test
    void findsTopicsByIdFromVersion13On() {
        plane.append("t", 0, "a");
        FetchRequest request = full(partition(0, 0));
        request.topics().get(0).setTopic("").setTopicId(DataPlane.idOf("t"));
        FetchResponse response = plane.ask(handler, context(13), request);
        assertThat(sizeOf(only(response))).isPositive();
        assertThat(response.responses().get(0).topicId()).isEqualTo(DataPlane.idOf("t"));
        release(response);
        request.topics().get(0).setTopicId(new UUID(5, 5));
        assertThat(only(plane.ask(handler, context(13), request)).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void tellsWhereTheClientsLogDeparts() {
        plane.append("t", 0, "a");
        plane.order("t", 0, DataPlane.BROKER, 4, List.of(DataPlane.BROKER));
        plane.append("t", 0, "b");
        FetchRequest request = full(partition(0, 2).setLastFetchedEpoch(2));
        PartitionData data = only(plane.ask(handler, context(12), request));
        assertThat(data.divergingEpoch().epoch()).isZero();
        assertThat(data.divergingEpoch().endOffset()).isEqualTo(1);
        request = full(partition(0, 2).setLastFetchedEpoch(4)).setMaxWaitMs(0);
        assertThat(only(plane.ask(handler, context(12), request))
                        .divergingEpoch()
                        .endOffset())
                .isEqualTo(-1);
    }

    @Test
    void incrementalFetchesNameOnlyWhatIsNew() {
        plane.append("t", 0, "a");
        FetchResponse first = plane.ask(handler, context(12), open(partition(0, 0), partition(1, 0), partition(2, 0)));
        assertThat(first.sessionId()).isPositive();
        assertThat(first.responses().get(0).partitions()).hasSize(3);
        release(first);

        FetchResponse second = plane.ask(handler, context(12), next(first, 1, partition(0, 1)));
        assertThat(second.responses()).isEmpty();
        assertThat(second.sessionId()).isEqualTo(first.sessionId());

        plane.append("t", 2, "c");
        FetchResponse third = plane.ask(handler, context(12), next(first, 2));
        assertThat(only(third).partitionIndex()).isEqualTo(2);
        release(third);

        FetchRequest forget = next(first, 3);
        forget.setForgottenTopicsData(
                List.of(new FetchRequest.ForgottenTopic().setTopic("t").setPartitions(List.of(2))));
        assertThat(plane.ask(handler, context(12), forget).responses()).isEmpty();
    }

    @Test
    void partitionsTakeTurnsWhenNotAllFit() {
        for (int partition = 0; partition < 3; partition++) {
            for (int i = 0; i < 2; i++) {
                plane.append("t", partition, "x".repeat(1000));
            }
        }
        FetchResponse response = plane.ask(
                handler,
                context(12),
                open(partition(0, 0), partition(1, 0), partition(2, 0)).setMaxBytes(100));
        int session = response.sessionId();
        List<Integer> served = new ArrayList<>();
        long[] offsets = new long[3];
        for (int epoch = 1; epoch <= 6; epoch++) {
            PartitionData data = response.responses().get(0).partitions().stream()
                    .filter(candidate -> sizeOf(candidate) > 0)
                    .findFirst()
                    .orElseThrow();
            served.add(data.partitionIndex());
            FetchRequest next = new FetchRequest()
                    .setSessionId(session)
                    .setSessionEpoch(epoch)
                    .setMaxBytes(100);
            next.topics().add(topic(partition(data.partitionIndex(), ++offsets[data.partitionIndex()])));
            release(response);
            response = plane.ask(handler, context(12), next);
        }
        assertThat(served).containsExactly(0, 1, 2, 0, 1, 2);
    }

    @Test
    void anErrorIsRepeatedAndItsEndIsTold() {
        FetchResponse first = plane.ask(handler, context(12), open(partition(0, 9)));
        assertThat(only(first).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
        FetchResponse again = plane.ask(handler, context(12), next(first, 1));
        assertThat(only(again).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
        FetchResponse healed = plane.ask(handler, context(12), next(first, 2, partition(0, 0)));
        assertThat(only(healed).errorCode()).isZero();
        assertThat(only(healed).highWatermark()).isZero();
    }

    @Test
    void refusesSessionsItDoesNotKnowAndEpochsThatAreNotDue() {
        FetchResponse first = plane.ask(handler, context(12), open(partition(0, 0)));
        assertThat(plane.ask(handler, context(12), next(first, 2)).errorCode())
                .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH.code());
        assertThat(plane.ask(handler, context(13), next(first, 1)).errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR.code());
        FetchRequest unknown = next(first, 1).setSessionId(first.sessionId() ^ 1);
        assertThat(plane.ask(handler, context(12), unknown).errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code());
        FetchRequest close =
                full(partition(0, 0)).setSessionId(first.sessionId()).setMaxWaitMs(0);
        assertThat(plane.ask(handler, context(12), close).sessionId()).isZero();
        assertThat(plane.ask(handler, context(12), next(first, 1)).errorCode())
                .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    @Test
    void oldDataIsReadAtOnceWhileItIsInMemory() {
        handler = handler(100);
        for (int i = 0; i < 200; i++) {
            plane.append("t", 0, "x".repeat(1000));
        }
        FetchResponse response = plane.ask(handler, context(12), full(partition(0, 0)));
        assertThat(sizeOf(only(response))).isGreaterThan(200_000);
        assertThat(plane.work).isEmpty();
        release(response);
    }

    @Test
    void oldDataThatIsOnTheDiskIsReadOnAWorker() {
        handler = handler(100);
        plane.inMemory = false;
        for (int i = 0; i < 200; i++) {
            plane.append("t", 0, "x".repeat(1000));
        }
        TestContext context = context(12);
        CompletableFuture<FetchResponse> answer = plane.send(handler, context, full(partition(0, 0)));
        plane.loops.get(0).runAll();
        plane.loops.get(1).runAll();
        assertThat(answer).isNotDone();
        assertThat(plane.work).hasSize(1);
        FetchResponse response = plane.await(answer);
        assertThat(sizeOf(only(response))).isGreaterThan(200_000);
        release(response);
        answer = plane.send(handler, context, full(partition(0, 199)));
        plane.loops.get(0).runAll();
        assertThat(answer).isNotDone();
        release(plane.await(answer));
        answer = plane.send(handler, context, full(partition(0, 200)).setMaxWaitMs(0));
        plane.loops.get(0).runAll();
        assertThat(answer).isDone();
    }

    private TestContext context(int version) {
        return new TestContext(version, plane.loops.get(0));
    }

    static FetchPartition partition(int index, long offset) {
        return new FetchPartition().setPartition(index).setFetchOffset(offset).setPartitionMaxBytes(1 << 20);
    }

    static FetchTopic topic(FetchPartition... partitions) {
        return new FetchTopic().setTopic("t").setPartitions(new ArrayList<>(List.of(partitions)));
    }

    /** A fetch without a session. */
    static FetchRequest full(FetchPartition... partitions) {
        FetchRequest request = new FetchRequest().setMaxWaitMs(100).setMinBytes(1);
        request.topics().add(topic(partitions));
        return request;
    }

    /** A fetch that opens a session. */
    static FetchRequest open(FetchPartition... partitions) {
        return full(partitions).setSessionEpoch(0).setMaxWaitMs(0);
    }

    /** The next fetch of the session that {@code first} opened. */
    static FetchRequest next(FetchResponse first, int epoch, FetchPartition... changed) {
        FetchRequest request = new FetchRequest()
                .setSessionId(first.sessionId())
                .setSessionEpoch(epoch)
                .setMaxWaitMs(0);
        if (changed.length > 0) {
            request.topics().add(topic(changed));
        }
        return request;
    }

    static PartitionData only(FetchResponse response) {
        assertThat(response.responses()).hasSize(1);
        assertThat(response.responses().get(0).partitions()).hasSize(1);
        return response.responses().get(0).partitions().get(0);
    }

    static int sizeOf(PartitionData data) {
        RecordBytes records = data.records();
        return records == null ? 0 : records.sizeBytes();
    }

    static void release(FetchResponse response) {
        response.responses().forEach(topic -> topic.partitions().forEach(data -> {
            RecordBytes records = data.records();
            if (records != null) {
                records.release();
            }
        }));
    }
}
