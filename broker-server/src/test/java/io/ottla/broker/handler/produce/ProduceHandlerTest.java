package io.ottla.broker.handler.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.message.ProduceRequest.PartitionProduceData;
import io.ottla.protocol.message.ProduceRequest.TopicProduceData;
import io.ottla.protocol.message.ProduceResponse;
import io.ottla.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.storage.log.LogConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Produce requests over real logs, with connection and partitions on two loops. */
class ProduceHandlerTest {

    private DataPlane plane;
    private ProduceHandler handler;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        plane = new DataPlane(directory, 5);
        plane.lead("t", 4);
        handler = new ProduceHandler(
                plane.locator,
                plane.partitions,
                new TransactionGate(claim -> new CompletableFuture<>(), () -> true, plane.partitions.loopCount()));
    }

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void appendsToPartitionsOfBothLoopsAndAnswersInTheOrderOfTheRequest() {
        ProduceRequest request = request(1, data(3, "a"), data(0, "b", "c"), data(2, "d"), data(1, "e"));
        ProduceResponse response = plane.ask(handler, context(9), request);
        assertThat(partitionsOf(response))
                .extracting(PartitionProduceResponse::index)
                .containsExactly(3, 0, 2, 1);
        assertThat(partitionsOf(response)).allMatch(p -> p.errorCode() == 0 && p.baseOffset() == 0);
        assertThat(partitionsOf(response)).allMatch(p -> p.logAppendTimeMs() == -1 && p.logStartOffset() == 0);
        assertThat(plane.ask(handler, context(9), request(-1, data(0, "f"))).responses())
                .first()
                .satisfies(t ->
                        assertThat(t.partitionResponses().get(0).baseOffset()).isEqualTo(2));
    }

    @Test
    void topicsAreFoundByIdFromVersion13On() {
        ProduceRequest request = request(1, data(0, "a"));
        request.topicData().iterator().next().setName("").setTopicId(DataPlane.idOf("t"));
        assertThat(only(plane.ask(handler, context(13), request)).errorCode()).isZero();
        request = request(1, data(0, "a"));
        request.topicData().iterator().next().setName("").setTopicId(new UUID(1, 1));
        assertThat(only(plane.ask(handler, context(13), request)).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void eachPartitionHasItsOwnError() {
        plane.order("other", 0, 2, 0, List.of(2));
        ByteBuf corrupt = DataPlane.batch("x");
        corrupt.setByte(corrupt.writerIndex() - 1, 1);
        ProduceRequest request = request(1, data(0, "a"), data(1, corrupt), data(9, "b"));
        request.topicData().add(new TopicProduceData().setName("other").setPartitionData(List.of(data(0, "c"))));
        request.topicData().add(new TopicProduceData().setName("none").setPartitionData(List.of(data(0, "c"))));
        ProduceResponse response = plane.ask(handler, context(12), request);
        assertThat(partitionsOf(response))
                .extracting(p -> ErrorCode.forCode(p.errorCode()))
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.CORRUPT_MESSAGE,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.NOT_LEADER_OR_FOLLOWER,
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        PartitionProduceResponse elsewhere = partitionsOf(response).get(3);
        assertThat(elsewhere.currentLeader().leaderId()).isEqualTo(2);
        assertThat(response.nodeEndpoints()).first().satisfies(node -> {
            assertThat(node.host()).isEqualTo("host2");
            assertThat(node.port()).isEqualTo(9092);
        });
    }

    @Test
    void refusesAcksThatDoNotExist() {
        assertThat(only(plane.ask(handler, context(9), request(2, data(0, "a"))))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUIRED_ACKS.code());
    }

    @Test
    void refusesInternalTopicsExceptFromKafkasOwnTools() {
        plane.lead("__consumer_offsets", 1);
        ProduceRequest request = request(1, data(0, "a"));
        request.topicData().iterator().next().setName("__consumer_offsets");
        assertThat(only(plane.ask(handler, context(9), request)).errorCode())
                .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        plane.configs.clear();
        TestContext admin = new TestContext(9, plane.loops.get(0), "__admin_client");
        assertThat(only(plane.ask(handler, admin, request)).errorCode()).isZero();
    }

    @Test
    void answersARepeatedIdempotentBatchWithItsFirstOffset() {
        plane.append("t", 0, "before");
        for (int attempt = 0; attempt < 2; attempt++) {
            PartitionProduceResponse answer = only(plane.ask(handler, context(9), request(-1, data(0, idempotent(0)))));
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.baseOffset()).isEqualTo(1);
        }
        assertThat(only(plane.ask(handler, context(9), request(-1, data(0, idempotent(5)))))
                        .errorCode())
                .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER.code());
    }

    @Test
    void acksZeroHasNoAnswerAndClosesTheConnectionOnFailure() {
        TestContext context = context(9);
        assertThat(plane.await(plane.send(handler, context, request(0, data(0, "a")))))
                .isNull();
        assertThat(context.closedBecause).isEmpty();
        assertThat(plane.await(plane.send(handler, context, request(0, data(7, "a")))))
                .isNull();
        assertThat(context.closedBecause).singleElement().asString().contains("t-7", "UNKNOWN_TOPIC_OR_PARTITION");
    }

    @Test
    void acksAllTimesOutWhileFollowersAreMissingAndLetsGoOfTheRequest() {
        plane.order("two", 0, DataPlane.BROKER, 0, List.of(DataPlane.BROKER, 2));
        TestContext context = context(9);
        ProduceRequest request = request(-1, data(0, "a")).setTimeoutMs(500);
        request.topicData().iterator().next().setName("two");
        CompletableFuture<ProduceResponse> answer = plane.send(handler, context, request);
        plane.advanceMs(499);
        assertThat(answer).isNotDone();
        assertThat(context.releases).isEqualTo(1);
        plane.advanceMs(1);
        assertThat(only(DataPlane.now(answer)).errorCode()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT.code());
        plane.order("two", 0, DataPlane.BROKER, 1, List.of(DataPlane.BROKER));
        assertThat(only(DataPlane.now(answer)).errorCode()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT.code());
    }

    @Test
    void acksAllIsAnsweredByTheCommitAndLeavesNoTimerBehind() {
        plane.order("two", 0, DataPlane.BROKER, 0, List.of(DataPlane.BROKER, 2));
        ProduceRequest request = request(-1, data(0, "a")).setTimeoutMs(60_000_000);
        request.topicData().iterator().next().setName("two");
        CompletableFuture<ProduceResponse> answer = plane.send(handler, context(9), request);
        plane.run();
        assertThat(answer).isNotDone();
        plane.order("two", 0, DataPlane.BROKER, 1, List.of(DataPlane.BROKER));
        assertThat(only(DataPlane.now(answer)).errorCode()).isZero();
    }

    @Test
    void namesTheRecordsToBlame() {
        plane.configs.put(
                "compacted",
                LogConfig.DEFAULT.withRetention(
                        new LogConfig.Retention(java.util.Set.of(LogConfig.CleanupPolicy.COMPACT), -1, -1)));
        plane.lead("compacted", 1);
        ProduceRequest request = request(1, data(0, "no key"));
        request.topicData().iterator().next().setName("compacted");
        PartitionProduceResponse answer = only(plane.ask(handler, context(9), request));
        assertThat(answer.errorCode()).isEqualTo(ErrorCode.INVALID_RECORD.code());
        assertThat(answer.recordErrors()).hasSize(1);
        assertThat(answer.errorMessage()).isNotEmpty();
        assertThat(plane.ask(handler, context(7), request)).isNotNull();
    }

    /** Requests of one connection, sent without waiting, keep their order on every partition, whatever loops do. */
    @Test
    void pipelinedRequestsKeepTheirOrder() {
        TestContext connection = context(9);
        List<CompletableFuture<ProduceResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(plane.send(handler, connection, request(1, data(i % 4, "v"), data((i + 1) % 4, "w"))));
            if (plane.random.nextInt(3) == 0) {
                plane.runOne();
            }
        }
        plane.run();
        long[] next = new long[4];
        for (CompletableFuture<ProduceResponse> answer : answers) {
            for (PartitionProduceResponse partition : partitionsOf(DataPlane.now(answer))) {
                assertThat(partition.baseOffset()).isEqualTo(next[partition.index()]++);
            }
        }
    }

    private TestContext context(int version) {
        return new TestContext(version, plane.loops.get(0));
    }

    private static ProduceRequest request(int acks, PartitionProduceData... data) {
        ProduceRequest request = new ProduceRequest().setAcks((short) acks).setTimeoutMs(1000);
        request.topicData().add(new TopicProduceData().setName("t").setPartitionData(new ArrayList<>(List.of(data))));
        return request;
    }

    private static PartitionProduceData data(int partition, String... values) {
        return data(partition, DataPlane.batch(values));
    }

    private static PartitionProduceData data(int partition, ByteBuf batch) {
        return new PartitionProduceData().setIndex(partition).setRecords(BufferRecords.borrow(batch));
    }

    private static ByteBuf idempotent(int sequence) {
        ByteBuf batch = Unpooled.buffer();
        new RecordBatchBuilder(batch, DataPlane.NOW_MS)
                .producer(7, (short) 0, sequence)
                .append(DataPlane.NOW_MS, null, "x".getBytes(StandardCharsets.UTF_8))
                .build();
        return batch;
    }

    private static List<PartitionProduceResponse> partitionsOf(ProduceResponse response) {
        List<PartitionProduceResponse> all = new ArrayList<>();
        response.responses().forEach(topic -> all.addAll(topic.partitionResponses()));
        return all;
    }

    private static PartitionProduceResponse only(ProduceResponse response) {
        assertThat(partitionsOf(response)).hasSize(1);
        return partitionsOf(response).get(0);
    }
}
