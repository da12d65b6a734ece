package io.ottla.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.broker.feature.ClusterFeatures;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ApiVersionsRequest;
import io.ottla.protocol.message.ApiVersionsResponse;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.protocol.schema.MessageReader;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds the pipeline to the order, the bounds and the errors of the protocol, without a network. */
class RequestPipelineTest {

    private static final int MAX_IN_FLIGHT = 3;
    private static final short HEARTBEAT_VERSION = 4;
    private static final short PRODUCE_VERSION = 11;
    private static final short FETCH_VERSION = 12;

    private final HeldHandler heartbeats = new HeldHandler(ApiKey.HEARTBEAT);
    private final HeldHandler produces = new HeldHandler(ApiKey.PRODUCE);
    private final HeldHandler fetches = new HeldHandler(ApiKey.FETCH);
    private final FakeConnection connection = new FakeConnection();
    private final RequestMemory memory = new RequestMemory(1 << 20);
    private final HandlerRegistry registry = new HandlerRegistry(
            List.of(heartbeats, produces, fetches), new BrokerIdentity("cluster", 1), new ClusterFeatures());
    private final RequestPipeline pipeline =
            new RequestPipeline(new RequestServices(registry, memory, MAX_IN_FLIGHT), connection, connection);

    @AfterEach
    void nothingStaysReserved() {
        assertThat(memory.usedBytes()).isZero();
        connection.release();
    }

    @Test
    void answersInTheOrderOfTheRequestsHoweverTheyComplete() {
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 10);
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 11);
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 12);
        heartbeats.answer(2);
        heartbeats.answer(1);
        assertThat(connection.written).isEmpty();
        heartbeats.answer(0);
        assertThat(connection.answered()).containsExactly(10, 11, 12);
        assertThat(connection.progress).isEqualTo(1);
    }

    @Test
    void leavesOutTheResponseOfAProduceWithoutAcknowledgement() {
        receive(new ProduceRequest().setAcks((short) 0), PRODUCE_VERSION, 1);
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 2);
        heartbeats.answer(0);
        assertThat(connection.written).isEmpty();
        produces.answer(0, null);
        assertThat(connection.answered()).containsExactly(2);
    }

    @Test
    void closesTheConnectionWhenARequestWithoutResponseFails() {
        produces.hasErrorResponse = false;
        receive(new ProduceRequest().setAcks((short) 0), PRODUCE_VERSION, 1);
        produces.fail(0, new ApiException(ErrorCode.NOT_CONTROLLER, "no"));
        assertThat(connection.written).isEmpty();
        assertThat(connection.closedBecause).singleElement().asString().contains("PRODUCE", "NOT_CONTROLLER");
    }

    @Test
    void answersAFailureWithItsCode() {
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        heartbeats.fail(0, new CompletionException(new ApiException(ErrorCode.NOT_CONTROLLER, "elsewhere")));
        assertThat(heartbeats.errors).containsExactly(ErrorCode.NOT_CONTROLLER);
        assertThat(connection.answered()).containsExactly(1);
    }

    @Test
    void answersAnUnexpectedFailureWithUnknownServerError() {
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        heartbeats.fail(0, new IllegalStateException("a bug"));
        assertThat(heartbeats.errors).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(connection.answered()).containsExactly(1);
        assertThat(connection.closedBecause).isEmpty();
    }

    @Test
    void answersForAHandlerThatReturnsNoStage() {
        heartbeats.returnsNoStage = true;
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        assertThat(heartbeats.errors).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(connection.answered()).containsExactly(1);
    }

    @Test
    void closesWhenAnAnswerCannotBeHandedOn() {
        connection.failsToWrite = true;
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 2);
        heartbeats.answer(0);
        assertThat(connection.closedBecause).singleElement().asString().contains("HEARTBEAT", "failed");
        assertThat(pipeline.inFlight()).isZero();
        heartbeats.answer(1);
        assertThat(connection.written).isEmpty();
    }

    @Test
    void closesOnARequestThatIsNotServed() {
        receive(new MetadataRequest().setTopics(List.of()), (short) 9, 1);
        assertThat(connection.closedBecause).containsExactly("METADATA version 9 is not served");
    }

    @Test
    void closesOnAnApiKeyThatNobodyKnows() {
        ByteBuf frame = RequestFrames.frame(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        frame.setShort(frame.readerIndex(), 999);
        receive(frame);
        assertThat(connection.closedBecause).containsExactly("request of unknown API key 999 version 4 is not served");
    }

    @Test
    void closesOnAVersionThatIsNotServed() {
        ByteBuf frame = RequestFrames.frame(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        frame.setShort(frame.readerIndex() + Short.BYTES, 77);
        receive(frame);
        assertThat(connection.closedBecause)
                .containsExactly("HEARTBEAT version 77 is not served, only versions 0 to 4 are");
    }

    @Test
    void answersApiVersionsOfAnUnknownVersionAtVersionZeroWithTheList() {
        ByteBuf frame = RequestFrames.frame(new ApiVersionsRequest(), (short) 3, 5);
        frame.setShort(frame.readerIndex() + Short.BYTES, 99);
        receive(frame);
        ByteBuf answer = connection.written.get(0);
        assertThat(answer.readInt()).isEqualTo(5);
        ApiVersionsResponse response = new ApiVersionsResponse();
        response.read(new MessageReader(answer), (short) 0);
        assertThat(response.errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
        assertThat(response.apiKeys())
                .extracting(ApiVersionsResponse.ApiVersion::apiKey)
                .containsExactly((short) 0, (short) 1, (short) 12, (short) 18);
    }

    @Test
    void closesOnABodyThatIsCutShort() {
        ByteBuf frame = RequestFrames.frame(new HeartbeatRequest().setGroupId("group"), HEARTBEAT_VERSION, 1);
        receive(frame.writerIndex(frame.writerIndex() - 4));
        assertThat(heartbeats.requests).isEmpty();
        assertThat(connection.closedBecause).singleElement().asString().startsWith("malformed HEARTBEAT version 4: ");
    }

    @Test
    void takesNothingMoreAfterClosing() {
        receive(new MetadataRequest().setTopics(List.of()), (short) 9, 1);
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 2);
        assertThat(heartbeats.requests).isEmpty();
        assertThat(pipeline.acceptsRequests()).isFalse();
    }

    @Test
    void stopsAcceptingAtTheBoundOfRequestsInFlight() {
        for (int i = 0; i < MAX_IN_FLIGHT; i++) {
            assertThat(pipeline.acceptsRequests()).isTrue();
            receive(new HeartbeatRequest(), HEARTBEAT_VERSION, i);
        }
        assertThat(pipeline.acceptsRequests()).isFalse();
        heartbeats.answer(0);
        assertThat(pipeline.acceptsRequests()).isTrue();
        heartbeats.answer(1);
        heartbeats.answer(2);
    }

    @Test
    void keepsResponsesUnencodedWhileTheClientDoesNotRead() {
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        connection.writable = false;
        heartbeats.answer(0);
        assertThat(connection.written).isEmpty();
        assertThat(pipeline.acceptsRequests()).isFalse();
        connection.writable = true;
        pipeline.onWritable();
        assertThat(connection.answered()).containsExactly(1);
    }

    @Test
    void keepsTheFrameOfAProduceUntilItIsAnswered() {
        ByteBuf frame = produceFrame();
        memory.tryReserve(frame.readableBytes());
        pipeline.onFrame(frame);
        frame.release();
        assertThat(frame.refCnt()).isEqualTo(1);
        assertThat(recordsOf(produces.requests.get(0))).isEqualTo(new byte[] {1, 2, 3});
        produces.answer(0);
        assertThat(frame.refCnt()).isZero();
    }

    @Test
    void letsAHandlerGiveUpTheFrameBeforeItAnswers() {
        ByteBuf frame = produceFrame();
        memory.tryReserve(frame.readableBytes());
        pipeline.onFrame(frame);
        frame.release();
        produces.contexts.get(0).releaseRequest();
        assertThat(frame.refCnt()).isZero();
        assertThat(memory.usedBytes()).isZero();
        produces.answer(0);
        assertThat(connection.answered()).containsExactly(1);
    }

    @Test
    void keepsNoFrameWithoutRecords() {
        ByteBuf frame = RequestFrames.frame(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        memory.tryReserve(frame.readableBytes());
        pipeline.onFrame(frame);
        assertThat(frame.refCnt()).isEqualTo(1);
        frame.release();
        heartbeats.answer(0);
    }

    @Test
    void copiesARecordsFrameThatIsASliverOfItsReadBuffer() {
        ByteBuf frame = produceFrame();
        ByteBuf readBuffer =
                UnpooledByteBufAllocator.DEFAULT.directBuffer(64 * 1024).writeBytes(frame);
        frame.release();
        memory.tryReserve(readBuffer.readableBytes());
        pipeline.onFrame(readBuffer.readSlice(readBuffer.readableBytes()));
        assertThat(readBuffer.refCnt()).isEqualTo(1);
        readBuffer.release();
        assertThat(recordsOf(produces.requests.get(0))).isEqualTo(new byte[] {1, 2, 3});
        produces.answer(0);
    }

    @Test
    void releasesTheRecordsOfResponsesThatCannotBeSent() {
        ByteBuf records = Unpooled.wrappedBuffer(new byte[] {1, 2, 3});
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        receive(new FetchRequest(), FETCH_VERSION, 2);
        fetches.answer(0, fetchResponse(records));
        assertThat(records.refCnt()).isEqualTo(1);
        pipeline.onClosed();
        assertThat(records.refCnt()).isZero();
        heartbeats.answer(0);
        assertThat(connection.written).isEmpty();
    }

    @Test
    void releasesTheRecordsOfResponsesThatComeTooLate() {
        ByteBuf records = Unpooled.wrappedBuffer(new byte[] {1, 2, 3});
        receive(new FetchRequest(), FETCH_VERSION, 2);
        pipeline.onClosed();
        fetches.answer(0, fetchResponse(records));
        assertThat(records.refCnt()).isZero();
    }

    @Test
    void closesWhenAResponseCannotBeEncoded() {
        receive(new HeartbeatRequest(), HEARTBEAT_VERSION, 1);
        heartbeats.answer(0, EncodedResponse.of(ApiKey.HEARTBEAT.newResponse(), (short) 0));
        assertThat(connection.written).isEmpty();
        assertThat(connection.closedBecause).singleElement().asString().endsWith("cannot be encoded");
    }

    private static FetchResponse fetchResponse(ByteBuf records) {
        FetchResponse.PartitionData partition =
                new FetchResponse.PartitionData().setRecords(BufferRecords.own(records));
        return new FetchResponse()
                .setResponses(List.of(new FetchResponse.FetchableTopicResponse()
                        .setTopic("topic")
                        .setPartitions(List.of(partition))));
    }

    private static ByteBuf produceFrame() {
        ByteBuf records = Unpooled.wrappedBuffer(new byte[] {1, 2, 3});
        ProduceRequest request = new ProduceRequest()
                .setAcks((short) -1)
                .setTopicData(List.of(new ProduceRequest.TopicProduceData()
                        .setName("topic")
                        .setPartitionData(List.of(
                                new ProduceRequest.PartitionProduceData().setRecords(BufferRecords.borrow(records))))));
        return RequestFrames.frame(request, PRODUCE_VERSION, 1);
    }

    private static byte[] recordsOf(ApiMessage produce) {
        BufferRecords records = (BufferRecords) ((ProduceRequest) produce)
                .topicData()
                .get(0)
                .partitionData()
                .get(0)
                .records();
        byte[] bytes = new byte[records.sizeBytes()];
        records.buffer().getBytes(records.buffer().readerIndex(), bytes);
        return bytes;
    }

    private void receive(ApiMessage request, short version, int correlationId) {
        receive(RequestFrames.frame(request, version, correlationId));
    }

    private void receive(ByteBuf frame) {
        memory.tryReserve(frame.readableBytes());
        pipeline.onFrame(frame);
        frame.release();
    }
}
