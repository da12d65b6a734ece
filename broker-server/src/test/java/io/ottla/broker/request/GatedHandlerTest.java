package io.ottla.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.handler.ManualLoop;
import io.ottla.broker.handler.TestContext;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.schema.ApiMessage;
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
            ready);

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

    private CompletableFuture<ApiMessage> handle() {
        CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
        loop.inLoop(() -> {
            var unused = handler.handle(new TestContext(4, loop), new HeartbeatRequest())
                    .thenAccept(answer::complete);
        });
        return answer;
    }
}
