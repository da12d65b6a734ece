package io.ottla.broker.request;

import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about the cluster while this broker is a member of it. Once it is not, its answers would lead clients
 * astray, and an error would not help: a client asks the broker again to which it has a connection. So the connection is
 * closed, and the client asks another one.
 */
public final class MembersHandler<Q extends ApiMessage, S extends ApiMessage> extends WrappingHandler<Q, S> {
    private final BooleanSupplier hasLeft;

    /** @param hasLeft whether this broker is known to be no member any more; any thread */
    public MembersHandler(RequestHandler<Q, S> behind, BooleanSupplier hasLeft) {
        super(behind);
        this.hasLeft = hasLeft;
    }

    @Override
    public CompletionStage<@Nullable S> handle(RequestContext context, Q request) {
        if (hasLeft.getAsBoolean()) {
            context.closeConnection(apiKey() + " is better answered by another broker, this one is not registered");
            return CompletableFuture.completedFuture(null);
        }
        return inner.handle(context, request);
    }
}
