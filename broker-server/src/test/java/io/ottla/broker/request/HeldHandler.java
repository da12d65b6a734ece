package io.ottla.broker.request;

import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keeps every request until the test completes it, by its position among those received. */
public final class HeldHandler implements RequestHandler<ApiMessage, ApiMessage> {

    private final ApiKey key;
    public final List<RequestContext> contexts = new ArrayList<>();
    public final List<ApiMessage> requests = new ArrayList<>();
    public final List<ErrorCode> errors = new ArrayList<>();
    private final List<CompletableFuture<@Nullable ApiMessage>> stages = new ArrayList<>();
    public boolean hasErrorResponse = true;
    public boolean returnsNoStage;

    public HeldHandler(ApiKey key) {
        this.key = key;
    }

    @Override
    public ApiKey apiKey() {
        return key;
    }

    @Override
    public CompletionStage<@Nullable ApiMessage> handle(RequestContext context, ApiMessage request) {
        CompletableFuture<@Nullable ApiMessage> stage = returnsNoStage ? null : new CompletableFuture<>();
        contexts.add(context);
        requests.add(request);
        stages.add(stage);
        return stage;
    }

    @Override
    public @Nullable ApiMessage errorResponse(ApiMessage request, ErrorCode error, @Nullable String message) {
        errors.add(error);
        return hasErrorResponse ? key.newResponse() : null;
    }

    public void answer(int index) {
        stages.get(index).complete(key.newResponse());
    }

    public void answer(int index, @Nullable ApiMessage response) {
        stages.get(index).complete(response);
    }

    public void fail(int index, Throwable failure) {
        stages.get(index).completeExceptionally(failure);
    }
}
