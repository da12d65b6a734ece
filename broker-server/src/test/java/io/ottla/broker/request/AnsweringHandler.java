package io.ottla.broker.request;

import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers every request at once. */
public final class AnsweringHandler implements RequestHandler<ApiMessage, ApiMessage> {

    private final ApiKey key;
    private final Function<ApiMessage, @Nullable ApiMessage> answer;

    /** Answers with what the schema has for defaults. */
    public AnsweringHandler(ApiKey key) {
        this(key, request -> key.newResponse());
    }

    public AnsweringHandler(ApiKey key, Function<ApiMessage, @Nullable ApiMessage> answer) {
        this.key = key;
        this.answer = answer;
    }

    @Override
    public ApiKey apiKey() {
        return key;
    }

    @Override
    public CompletionStage<@Nullable ApiMessage> handle(RequestContext context, ApiMessage request) {
        return CompletableFuture.completedFuture(answer.apply(request));
    }

    @Override
    public ApiMessage errorResponse(ApiMessage request, ErrorCode error, @Nullable String message) {
        return key.newResponse();
    }
}
