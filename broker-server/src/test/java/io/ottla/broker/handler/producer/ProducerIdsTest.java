package io.ottla.broker.handler.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.ImmediateEventExecutor;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.handler.TestContext;
import io.ottla.broker.handler.TestTransactions;
import io.ottla.broker.handler.producer.ProducerIdSource.Block;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.InitProducerIdRequest;
import io.ottla.protocol.message.InitProducerIdResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Producer ids out of blocks that the test hands over when it likes. */
class ProducerIdsTest {

    private final Deque<CompletableFuture<Block>> asked = new ArrayDeque<>();
    private final ProducerIds ids = new ProducerIds(() -> {
        CompletableFuture<Block> block = new CompletableFuture<>();
        asked.add(block);
        return block;
    });

    @Test
    void handsOutEachIdOnceAndFetchesTheNextBlockAhead() {
        CompletableFuture<Long> first = ids.next();
        assertThat(first).isNotDone();
        asked.remove().complete(new Block(1000, 10));
        assertThat(first).isCompletedWithValue(1000L);
        List<Long> given = new ArrayList<>();
        for (int i = 1; i < 9; i++) {
            given.add(ids.next().join());
        }
        assertThat(asked).hasSize(1);
        given.add(ids.next().join());
        CompletableFuture<Long> waiting = ids.next();
        assertThat(waiting).isNotDone();
        assertThat(asked).hasSize(1);
        asked.remove().complete(new Block(5000, 10));
        given.add(waiting.join());
        assertThat(given)
                .containsExactlyElementsOf(LongStream.concat(LongStream.range(1001, 1010), LongStream.of(5000))
                        .boxed()
                        .toList());
    }

    @Test
    void manyWhoWaitAreServedFromSeveralBlocks() {
        List<CompletableFuture<Long>> waiting = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            waiting.add(ids.next());
        }
        assertThat(asked).hasSize(1);
        asked.remove().complete(new Block(0, 10));
        asked.remove().complete(new Block(100, 10));
        asked.remove().complete(new Block(200, 10));
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        assertThat(waiting.stream().map(CompletableFuture::join).distinct()).hasSize(25);
    }

    @Test
    void withoutAControllerProducersAreToldToComeBack() {
        CompletableFuture<Long> first = ids.next();
        asked.remove().completeExceptionally(new IllegalStateException("no controller"));
        assertThat(first.handle((id, failure) -> failure).join())
                .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.error())
                        .isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
        CompletableFuture<Long> second = ids.next();
        asked.remove().complete(new Block(7, 1));
        assertThat(second).isCompletedWithValue(7L);
    }

    @Test
    void initProducerIdServesIdempotentAndTransactionalProducers() {
        ManualLoop loop = ManualLoop.entered();
        TransactionCoordinator transactions = TestTransactions.on(loop);
        InitProducerIdHandler handler = new InitProducerIdHandler(ids, transactions);
        TestContext context = new TestContext(4, ImmediateEventExecutor.INSTANCE);
        CompletableFuture<InitProducerIdResponse> answer = handler.handle(
                        context, new InitProducerIdRequest().setTransactionalId(null))
                .toCompletableFuture();
        asked.remove().complete(new Block(42, 5));
        assertThat(answer.join().producerId()).isEqualTo(42);
        assertThat(answer.join().producerEpoch()).isZero();
        InitProducerIdRequest transactional =
                new InitProducerIdRequest().setTransactionalId("tx").setTransactionTimeoutMs(1000);
        assertThat(answered(handler, context, transactional).errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
        transactions.onElection(0, 1);
        loop.runAll();
        CompletableFuture<InitProducerIdResponse> granted =
                handler.handle(context, transactional).toCompletableFuture();
        loop.runAll();
        assertThat(granted.join().producerId()).isEqualTo(1000);
        assertThat(answered(handler, context, new InitProducerIdRequest().setTransactionalId(""))
                        .errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(codeOf(
                        handler,
                        context,
                        new InitProducerIdRequest().setTransactionalId(null).setProducerId(5)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    private static InitProducerIdResponse answered(
            InitProducerIdHandler handler, TestContext context, InitProducerIdRequest request) {
        return handler.handle(context, request).toCompletableFuture().join();
    }

    private static ErrorCode codeOf(InitProducerIdHandler handler, TestContext context, InitProducerIdRequest request) {
        try {
            handler.handle(context, request);
            return ErrorCode.NONE;
        } catch (ApiException e) {
            assertThat(handler.errorResponse(request, e.error(), null).errorCode())
                    .isEqualTo(e.error().code());
            return e.error();
        }
    }
}
