package io.ottla.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.handler.TestContext;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Questions about the cluster to a broker that may have left it. */
class MembersHandlerTest {
    private final AtomicBoolean left = new AtomicBoolean();
    private final MembersHandler<ApiMessage, ApiMessage> handler = new MembersHandler<>(
            new AnsweringHandler(ApiKey.METADATA, request -> ApiKey.METADATA.newResponse()), left::get);
    private final TestContext context = new TestContext(4, new ManualLoop());

    @Test
    void aMemberAnswers() {
        assertThat(handle().toCompletableFuture().join()).isNotNull();
        assertThat(context.closedBecause).isEmpty();
    }

    @Test
    void oneThatHasLeftHangsUpSoThatTheClientAsksAnother() {
        left.set(true);
        assertThat(handle().toCompletableFuture().join()).isNull();
        assertThat(context.closedBecause).singleElement().asString().contains("METADATA", "not registered");
    }

    private CompletionStage<ApiMessage> handle() {
        return handler.handle(context, new MetadataRequest());
    }
}
