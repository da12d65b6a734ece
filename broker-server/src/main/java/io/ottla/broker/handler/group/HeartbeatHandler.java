package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.message.HeartbeatResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keeps members in their groups. Stateless. */
public final class HeartbeatHandler implements RequestHandler<HeartbeatRequest, HeartbeatResponse> {
    private final GroupCoordinator coordinator;

    public HeartbeatHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.HEARTBEAT;
    }

    @Override
    public CompletionStage<@Nullable HeartbeatResponse> handle(RequestContext context, HeartbeatRequest request) {
        return coordinator.heartbeat(request);
    }

    @Override
    public HeartbeatResponse errorResponse(HeartbeatRequest request, ErrorCode error, @Nullable String message) {
        return new HeartbeatResponse().setErrorCode(error.code());
    }
}
