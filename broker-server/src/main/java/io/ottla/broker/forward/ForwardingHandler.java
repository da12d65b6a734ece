package io.ottla.broker.forward;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.WrappingHandler;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.message.AlterPartitionReassignmentsRequest;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Serves an API here if this broker is the controller, else by forwarding. Stateless. */
public final class ForwardingHandler<Q extends ApiMessage, S extends ApiMessage> extends WrappingHandler<Q, S> {
    private final ControllerHandler<Q, S> here;
    private final ToIntFunction<Q> timeoutMs;
    private final BooleanSupplier isController;
    private final Forwarder forwarder;

    /**
     * @param here serves the API on the controller, and fails with NOT_CONTROLLER elsewhere
     * @param timeoutMs how long the client wants to wait, as the request says
     * @param isController whether this broker is the controller; any thread
     */
    public ForwardingHandler(
            ControllerHandler<Q, S> here,
            ToIntFunction<Q> timeoutMs,
            BooleanSupplier isController,
            Forwarder forwarder) {
        super(here);
        this.here = here;
        this.timeoutMs = timeoutMs;
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
                .exceptionallyCompose(failure -> StageFailure.error(failure) == ErrorCode.NOT_CONTROLLER
                        ? forward(context, request)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletionStage<@Nullable S> forward(RequestContext context, Q request) {
        short version = spoken(request, context.apiVersion());
        CompletableFuture<S> answer = forwarder.send(request, version, timeoutMs.applyAsInt(request), here::errorCode);
        return answer.thenApply(response -> response);
    }

    /** The controller may be of Apache Kafka 3.9, which knows this API at version 0 only: it is used where it says the same. */
    private static short spoken(ApiMessage request, short version) {
        boolean saysTheSame = request instanceof AlterPartitionReassignmentsRequest reassign
                && reassign.allowReplicationFactorChange();
        return saysTheSame ? AlterPartitionReassignmentsRequest.LOWEST_VERSION : version;
    }

    private static boolean isForwarded(RequestContext context) {
        String clientId = context.clientId();
        return clientId != null && clientId.startsWith(Forwarder.CLIENT_ID_PREFIX);
    }
}
