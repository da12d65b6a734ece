package io.ottla.broker.forward;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.broker.request.WrappingHandler;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Serves an API here if this broker is the controller, else by forwarding. Stateless. */
public final class ForwardingHandler<Q extends ApiMessage, S extends ApiMessage> extends WrappingHandler<Q, S> {
    private final BooleanSupplier isController;
    private final Forwarder forwarder;

    /**
     * @param here serves the API on the controller, and fails with NOT_CONTROLLER elsewhere
     * @param isController whether this broker is the controller; any thread
     */
    public ForwardingHandler(RequestHandler<Q, S> here, BooleanSupplier isController, Forwarder forwarder) {
        super(here);
        this.isController = isController;
        this.forwarder = forwarder;
    }

    @Override
    public CompletionStage<@Nullable S> handle(RequestContext context, Q request) {
        if (isForwarded(context)) {
            return inner.handle(context, request);
        }
        if (!isController.getAsBoolean()) {
            return forward(context, request);
        }
        return inner.handle(context, request)
                .exceptionallyCompose(failure ->
                        isNotController(failure) ? forward(context, request) : CompletableFuture.failedFuture(failure));
    }

    private CompletionStage<@Nullable S> forward(RequestContext context, Q request) {
        CompletableFuture<S> answer =
                forwarder.send(request, context.apiVersion(), ControllerMessages.timeoutMs(request));
        return answer.thenApply(response -> response);
    }

    private static boolean isForwarded(RequestContext context) {
        String clientId = context.clientId();
        return clientId != null && clientId.startsWith(Forwarder.CLIENT_ID_PREFIX);
    }

    private static boolean isNotController(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof ApiException api && api.error() == ErrorCode.NOT_CONTROLLER;
    }
}
