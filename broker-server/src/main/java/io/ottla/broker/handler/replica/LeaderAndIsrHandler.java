package io.ottla.broker.handler.replica;

import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaderAndIsrRequest;
import io.ottla.protocol.message.LeaderAndIsrResponse;
import io.ottla.replication.partition.ReplicaControl;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** LeaderAndIsr (key 4). */
public final class LeaderAndIsrHandler implements RequestHandler<LeaderAndIsrRequest, LeaderAndIsrResponse> {

    private final ReplicaControl control;

    public LeaderAndIsrHandler(ReplicaControl control) {
        this.control = control;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.LEADER_AND_ISR;
    }

    @Override
    public CompletionStage<@Nullable LeaderAndIsrResponse> handle(RequestContext context, LeaderAndIsrRequest request) {
        return control.apply(request, context.apiVersion());
    }

    @Override
    public LeaderAndIsrResponse errorResponse(LeaderAndIsrRequest request, ErrorCode error, @Nullable String message) {
        return new LeaderAndIsrResponse().setErrorCode(error.code());
    }
}
