package io.ottla.broker.handler.replica;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.StopReplicaRequest;
import io.ottla.protocol.message.StopReplicaResponse;
import io.ottla.replication.partition.ReplicaControl;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** StopReplica (key 5). */
public final class StopReplicaHandler implements RequestHandler<StopReplicaRequest, StopReplicaResponse> {

    private final ReplicaControl control;

    public StopReplicaHandler(ReplicaControl control) {
        this.control = control;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.STOP_REPLICA;
    }

    @Override
    public CompletionStage<@Nullable StopReplicaResponse> handle(RequestContext context, StopReplicaRequest request) {
        return control.apply(request);
    }

    @Override
    public StopReplicaResponse errorResponse(StopReplicaRequest request, ErrorCode error, @Nullable String message) {
        return new StopReplicaResponse().setErrorCode(error.code());
    }
}
