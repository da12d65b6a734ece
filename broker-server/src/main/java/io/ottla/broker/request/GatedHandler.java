package io.ottla.broker.request;

import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests wait until the broker is ready for them, while the controller's orders, which make it ready, come in over
 * the same listener. Waiting requests count against the limits of all that are in flight.
 */
public final class GatedHandler<Q extends ApiMessage, S extends ApiMessage> extends WrappingHandler<Q, S> {
    private final Gate gate;

    /** @param gate the same for all handlers, so that requests of different kinds keep their order too */
    public GatedHandler(RequestHandler<Q, S> behind, Gate gate) {
        super(behind);
        this.gate = gate;
    }

    @Override
    public CompletionStage<@Nullable S> handle(RequestContext context, Q request) {
        return gate.pass(context.loop(), () -> inner.handle(context, request).toCompletableFuture());
    }
}
