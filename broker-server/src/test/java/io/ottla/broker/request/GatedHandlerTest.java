package io.ottla.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.handler.TestContext;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Requests that come before a broker is ready. */
class GatedHandlerTest {
    private final ManualLoop loop = new ManualLoop();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final GatedHandler<ApiMessage, ApiMessage> handler = new GatedHandler<>(
            new AnsweringHandler(ApiKey.HEARTBEAT, request -> {
                assertThat(loop.inEventLoop()).isTrue();
                return ApiKey.HEARTBEAT.newResponse();
            }),
            new Gate(ready));

    @Test
    void waitUntilTheBrokerIsReadyAndAreThenServedOnTheirOwnLoop() {
        CompletableFuture<ApiMessage> answer = handle();
        loop.runAll();
        assertThat(answer).isNotDone();
        ready.complete(null);
        assertThat(answer).isNotDone();
        loop.runAll();
        assertThat(answer).isCompleted();
    }

    @Test
    void areServedAtOnceAfterwards() {
        ready.complete(null);
        assertThat(handle()).isCompleted();
    }

    @Test
    void passInTheOrderOfTheirArrivalAndAreNotOvertaken() {
        List<Integer> passed = new ArrayList<>();
        Gate gate = new Gate(ready);
        for (int i = 0; i < 3; i++) {
            pass(gate, i, passed);
        }
        ready.complete(null);
        pass(gate, 3, passed);
        assertThat(passed).isEmpty();
        loop.runAll();
        pass(gate, 4, passed);
        assertThat(passed).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void aFailureIsTheAnswerOfTheRequestThatFailed() {
        Gate gate = new Gate(ready);
        List<CompletableFuture<Object>> answers = new ArrayList<>();
        loop.inLoop(() -> {
            answers.add(gate.pass(loop, () -> {
                throw new IllegalStateException("no");
            }));
            answers.add(gate.pass(loop, () -> CompletableFuture.completedFuture("yes")));
        });
        ready.complete(null);
        loop.runAll();
        assertThat(answers.get(0)).isCompletedExceptionally();
        assertThat(answers.get(1)).isCompletedWithValue("yes");
    }

    private void pass(Gate gate, int number, List<Integer> passed) {
        loop.inLoop(() -> {
            var unused = gate.pass(loop, () -> CompletableFuture.completedFuture(passed.add(number)));
        });
    }

    private CompletableFuture<ApiMessage> handle() {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        loop.inLoop(() -> {
            var unused = handler.handle(new TestContext(4, loop), new HeartbeatRequest())
                    .thenAccept(answer::complete);
        });
        return answer;
    }
}
