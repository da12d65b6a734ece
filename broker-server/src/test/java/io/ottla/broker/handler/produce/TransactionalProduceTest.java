package io.ottla.broker.handler.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.TestContext;
import io.ottla.broker.handler.marker.WriteTxnMarkersHandler;
import io.ottla.broker.handler.produce.TransactionVerifier.Claim;
import io.ottla.broker.handler.produce.TransactionVerifier.Terms;
import io.ottla.broker.handler.producer.DescribeProducersHandler;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeProducersRequest;
import io.ottla.protocol.message.DescribeProducersResponse.ProducerState;
import io.ottla.protocol.message.ProduceRequest;
import io.ottla.protocol.message.ProduceRequest.PartitionProduceData;
import io.ottla.protocol.message.ProduceRequest.TopicProduceData;
import io.ottla.protocol.message.ProduceResponse;
import io.ottla.protocol.message.WriteTxnMarkersRequest;
import io.ottla.protocol.message.WriteTxnMarkersRequest.WritableTxnMarker;
import io.ottla.protocol.message.WriteTxnMarkersRequest.WritableTxnMarkerTopic;
import io.ottla.protocol.message.WriteTxnMarkersResponse;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.schema.BufferRecords;
import io.ottla.storage.log.LogView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: batches of transactions get in only with the consent of their coordinator, and markers end what they are meant to.
 * Method: requests over real logs; the coordinator is a queue of questions that the test answers when it likes.
 */
class TransactionalProduceTest implements TransactionVerifier {
    private static final long ID = 7;

    private DataPlane plane;
    private ProduceHandler produce;
    private WriteTxnMarkersHandler markers;
    private DescribeProducersHandler describe;
    private boolean enabled = true;

    private record Question(Claim claim, CompletableFuture<ErrorCode> answer) {}

    private final Queue<Question> questions = new ArrayDeque<>();

    @Override
    public CompletionStage<ErrorCode> verify(Claim claim) {
        Question question = new Question(claim, new CompletableFuture<>());
        questions.add(question);
        return question.answer;
    }

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        plane = new DataPlane(directory, 5);
        plane.lead("t", 3);
        produce = new ProduceHandler(
                plane.locator,
                plane.partitions,
                new TransactionGate(this, () -> enabled, plane.partitions.loopCount()));
        Clock clock = Clock.fixed(Instant.ofEpochMilli(DataPlane.NOW_MS), ZoneOffset.UTC);
        markers = new WriteTxnMarkersHandler(
                plane.locator,
                (partition, marker) -> CompletableFuture.completedFuture(ErrorCode.NOT_COORDINATOR),
                clock);
        describe = new DescribeProducersHandler(plane.locator);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void theFirstBatchWaitsForTheCoordinatorAndTheNextOnesDoNot() {
        CompletableFuture<ProduceResponse> first = send(9, 0, 0, 0);
        assertThat(first).isNotDone();
        Claim claim = answer(ErrorCode.NONE);
        assertThat(claim.transactionalId()).isEqualTo("tx");
        assertThat(claim.producerId()).isEqualTo(ID);
        assertThat(claim.partition().toString()).isEqualTo("t-0");
        assertThat(claim.terms()).isEqualTo(Terms.VERIFY);
        assertThat(errorOf(first)).isEqualTo(ErrorCode.NONE);
        assertThat(errorOf(send(9, 0, 0, 1))).isEqualTo(ErrorCode.NONE);
        assertThat(questions).isEmpty();
        assertThat(view(0).lastStableOffset()).isZero();
        assertThat(view(0).highWatermark()).isEqualTo(2);
    }

    @Test
    void thoseThatComeMeanwhileAskNoSecondTimeAndKeepTheirOrder() {
        List<CompletableFuture<ProduceResponse>> sent = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            sent.add(send(12, 0, 0, i));
        }
        assertThat(questions).hasSize(1);
        assertThat(answer(ErrorCode.NONE).terms()).isEqualTo(Terms.ADD);
        for (int i = 0; i < 5; i++) {
            assertThat(errorOf(sent.get(i))).isEqualTo(ErrorCode.NONE);
            assertThat(DataPlane.now(sent.get(i))
                            .responses()
                            .get(0)
                            .partitionResponses()
                            .get(0)
                            .baseOffset())
                    .isEqualTo(i);
        }
    }

    @Test
    void aMarkerInBetweenShutsTheLateBatchOut() {
        CompletableFuture<ProduceResponse> late = send(11, 0, 0, 0);
        assertThat(mark(0, 0, 0, false)).isEqualTo(ErrorCode.NONE);
        answer(ErrorCode.NONE);
        assertThat(errorOf(late)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(view(0).lastStableOffset()).as("nothing hangs").isEqualTo(1);
    }

    @Test
    void anAdditionThatTheMarkerOfTheTransactionBeforeHasOvertakenIsMadeAnew() {
        begin(0, 3);
        CompletableFuture<ProduceResponse> early = send(12, 0, 4, 0);
        CompletableFuture<ProduceResponse> next = send(12, 0, 4, 1);
        assertThat(raise(0, 4)).isEqualTo(ErrorCode.NONE);
        CompletableFuture<ProduceResponse> last = send(12, 0, 4, 2);
        assertThat(questions).hasSize(1);
        answer(ErrorCode.NONE);
        assertThat(early).isNotDone();
        answer(ErrorCode.NONE);
        assertThat(List.of(errorOf(early), errorOf(next), errorOf(last))).containsOnly(ErrorCode.NONE);
        assertThat(view(0).lastStableOffset()).isEqualTo(2);
        assertThat(questions).isEmpty();
    }

    @Test
    void anAdditionWaitsForTheEndOfTheTransactionBeforeButNotForEver() {
        CompletableFuture<ProduceResponse> early = send(12, 0, 4, 0);
        answer(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(questions).isEmpty();
        plane.advanceMs(5);
        answer(ErrorCode.NONE);
        assertThat(errorOf(early)).isEqualTo(ErrorCode.NONE);
        CompletableFuture<ProduceResponse> hopeless = send(12, 1, 4, 0);
        for (int attempt = 0; attempt < 9; attempt++) {
            assertThat(hopeless).isNotDone();
            answer(ErrorCode.CONCURRENT_TRANSACTIONS);
            plane.advanceMs(128);
        }
        assertThat(questions).isEmpty();
        assertThat(errorOf(hopeless)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
    }

    @Test
    void aTransactionWithoutVerificationIsRefusedUnlessItIsSwitchedOff() {
        ProduceRequest unnamed = request(0, 0, 0).setTransactionalId(null);
        assertThat(errorOf(plane.send(produce, context(9), unnamed))).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        enabled = false;
        assertThat(errorOf(send(9, 0, 0, 0))).isEqualTo(ErrorCode.NONE);
        assertThat(questions).isEmpty();
        CompletableFuture<ProduceResponse> adding = send(12, 1, 0, 0);
        assertThat(answer(ErrorCode.NONE).terms())
                .as("an addition is never left out")
                .isEqualTo(Terms.ADD);
        assertThat(errorOf(adding)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void refusalsAreToldInErrorsThatTheClientKnows() {
        assertThat(refusal(9, ErrorCode.INVALID_TXN_STATE)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(refusal(11, ErrorCode.TRANSACTION_ABORTABLE)).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
        assertThat(refusal(11, ErrorCode.CONCURRENT_TRANSACTIONS)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(refusal(12, ErrorCode.NOT_COORDINATOR)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(refusal(9, ErrorCode.NETWORK_EXCEPTION)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(refusal(9, ErrorCode.INVALID_PRODUCER_EPOCH)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(view(0).logEndOffset()).isZero();
    }

    @Test
    void markersEndTransactionsAndAreFencedByEpochs() {
        begin(0, 3);
        assertThat(mark(0, 2, 5, true)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(mark(0, 3, 5, true)).isEqualTo(ErrorCode.NONE);
        assertThat(view(0).lastStableOffset()).isEqualTo(2);
        assertThat(mark(0, 3, 4, true)).isEqualTo(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        assertThat(mark(9, 3, 5, true)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        plane.order("t", 1, 2, 1, List.of(2));
        assertThat(mark(1, 3, 5, true)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aMarkerThatRaisesTheEpochIsWrittenOnceAndDoesNotEndTheNextTransaction() {
        begin(0, 3);
        assertThat(raise(0, 3)).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(raise(0, 4)).isEqualTo(ErrorCode.NONE);
        assertThat(raise(0, 4)).as("sent again").isEqualTo(ErrorCode.NONE);
        assertThat(view(0).logEndOffset()).isEqualTo(2);
        begin(0, 4);
        assertThat(raise(0, 4)).as("and again, too late").isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(view(0).lastStableOffset()).isEqualTo(2);
    }

    @Test
    void describesTheProducersOfAPartition() {
        begin(0, 3);
        DescribeProducersRequest request = new DescribeProducersRequest()
                .setTopics(List.of(
                        new DescribeProducersRequest.TopicRequest().setName("t").setPartitionIndexes(List.of(0, 9))));
        var partitions =
                plane.ask(describe, context(0), request).topics().get(0).partitions();
        assertThat(partitions.get(0).activeProducers())
                .containsExactly(new ProducerState()
                        .setProducerId(ID)
                        .setProducerEpoch(3)
                        .setLastSequence(0)
                        .setLastTimestamp(DataPlane.NOW_MS)
                        .setCoordinatorEpoch(-1)
                        .setCurrentTxnStartOffset(0));
        assertThat(partitions.get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private void begin(int partition, int epoch) {
        CompletableFuture<ProduceResponse> sent = send(12, partition, epoch, 0);
        answer(ErrorCode.NONE);
        assertThat(errorOf(sent)).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode refusal(int version, ErrorCode error) {
        CompletableFuture<ProduceResponse> sent = send(version, 0, 0, 0);
        answer(error);
        return errorOf(sent);
    }

    private Claim answer(ErrorCode error) {
        plane.run();
        Question question = questions.remove();
        question.answer.complete(error);
        plane.run();
        return question.claim;
    }

    private CompletableFuture<ProduceResponse> send(int version, int partition, int epoch, int sequence) {
        CompletableFuture<ProduceResponse> sent =
                plane.send(produce, context(version), request(partition, epoch, sequence));
        plane.run();
        return sent;
    }

    private ErrorCode mark(int partition, int epoch, int coordinatorEpoch, boolean commit) {
        return write(partition, epoch, coordinatorEpoch, commit, 0);
    }

    private ErrorCode raise(int partition, int epoch) {
        return write(partition, epoch, 5, false, 2);
    }

    private ErrorCode write(int partition, int epoch, int coordinatorEpoch, boolean commit, int transactionVersion) {
        WriteTxnMarkersRequest request = new WriteTxnMarkersRequest()
                .setMarkers(List.of(new WritableTxnMarker()
                        .setProducerId(ID)
                        .setProducerEpoch((short) epoch)
                        .setCoordinatorEpoch(coordinatorEpoch)
                        .setTransactionResult(commit)
                        .setTransactionVersion((byte) transactionVersion)
                        .setTopics(List.of(
                                new WritableTxnMarkerTopic().setName("t").setPartitionIndexes(List.of(partition))))));
        WriteTxnMarkersResponse response = plane.ask(markers, context(2), request);
        assertThat(response.markers().get(0).producerId()).isEqualTo(ID);
        return ErrorCode.forCode(
                response.markers().get(0).topics().get(0).partitions().get(0).errorCode());
    }

    private LogView view(int partition) {
        return plane.hosted("t", partition).leader().log().view();
    }

    private ErrorCode errorOf(CompletableFuture<ProduceResponse> sent) {
        return ErrorCode.forCode(
                plane.await(sent).responses().get(0).partitionResponses().get(0).errorCode());
    }

    private TestContext context(int version) {
        return new TestContext(version, plane.loops.get(0));
    }

    private static ProduceRequest request(int partition, int epoch, int sequence) {
        ByteBuf batch = Unpooled.buffer();
        new RecordBatchBuilder(batch, DataPlane.NOW_MS)
                .producer(ID, (short) epoch, sequence)
                .transactional()
                .append(DataPlane.NOW_MS, null, new byte[1])
                .build();
        ProduceRequest request =
                new ProduceRequest().setAcks((short) -1).setTimeoutMs(1000).setTransactionalId("tx");
        request.topicData()
                .add(new TopicProduceData()
                        .setName("t")
                        .setPartitionData(List.of(new PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(BufferRecords.borrow(batch)))));
        return request;
    }
}
