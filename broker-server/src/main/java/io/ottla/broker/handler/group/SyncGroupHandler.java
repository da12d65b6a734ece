package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.SyncGroupRequest;
import io.ottla.protocol.message.SyncGroupResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Gives members their assignments. Stateless. */
public final class SyncGroupHandler implements RequestHandler<SyncGroupRequest, SyncGroupResponse> {
    private final GroupCoordinator coordinator;

    public SyncGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.SYNC_GROUP;
    }

    @Override
    public CompletionStage<@Nullable SyncGroupResponse> handle(RequestContext context, SyncGroupRequest request) {
        return coordinator.syncGroup(request);
    }

    @Override
    public SyncGroupResponse errorResponse(SyncGroupRequest request, ErrorCode error, @Nullable String message) {
        return new SyncGroupResponse().setErrorCode(error.code());
    }
}
