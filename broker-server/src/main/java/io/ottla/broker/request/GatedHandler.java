package io.ottla.broker.request;

import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests wait until the broker is ready for them, while the controller's orders, which make it ready, come in over
 * the same listener. Waiting requests count against the limits of all that are in flight.
 */
public final class GatedHandler<Q extends ApiMessage, S extends ApiMessage> implements RequestHandler<Q, S> {
    private final RequestHandler<Q, S> behind;
    private final Gate gate;

    /** @param gate the same for all handlers, so that requests of different kinds keep their order too */
    public GatedHandler(RequestHandler<Q, S> behind, Gate gate) {
        this.behind = behind;
        this.gate = gate;
    }

    @Override
    public ApiKey apiKey() {
        return behind.apiKey();
    }

    @Override
    public short lowestVersion() {
        return behind.lowestVersion();
    }

    @Override
    public short highestVersion() {
        return behind.highestVersion();
    }

    @Override
    public CompletionStage<@Nullable S> handle(RequestContext context, Q request) {
        return gate.pass(context.loop(), () -> behind.handle(context, request).toCompletableFuture());
    }

    @Override
    public @Nullable S errorResponse(Q request, ErrorCode error, @Nullable String message) {
        return behind.errorResponse(request, error, message);
    }
}
