package io.ottla.broker.forward;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Serves, on the controller, an API that nobody else can serve. Stateless. */
public abstract class ControllerHandler<Q extends ApiMessage, S extends ApiMessage> implements RequestHandler<Q, S> {
    private final ApiKey apiKey;
    private final Function<Q, ? extends CompletionStage<S>> controller;

    /**
     * @param controller carries out the request, and fails with NOT_CONTROLLER where it cannot; what is wrong with single
     *     parts of it is in the response
     */
    protected ControllerHandler(ApiKey apiKey, Function<Q, ? extends CompletionStage<S>> controller) {
        this.apiKey = apiKey;
        this.controller = controller;
    }

    @Override
    public final ApiKey apiKey() {
        return apiKey;
    }

    /** The error that stands for all of a response, as {@link #errorResponse} has put it there; else that of its first part. */
    protected abstract short errorCode(S response);

    @Override
    public final CompletionStage<@Nullable S> handle(RequestContext context, Q request) {
        return controller.apply(request).thenApply(response -> response);
    }
}
