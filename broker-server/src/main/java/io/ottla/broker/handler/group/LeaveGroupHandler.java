package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.LeaveGroupRequest;
import io.ottla.protocol.message.LeaveGroupResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Removes members from groups. Stateless. */
public final class LeaveGroupHandler implements RequestHandler<LeaveGroupRequest, LeaveGroupResponse> {
    private final GroupCoordinator coordinator;

    public LeaveGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.LEAVE_GROUP;
    }

    @Override
    public CompletionStage<@Nullable LeaveGroupResponse> handle(RequestContext context, LeaveGroupRequest request) {
        return coordinator.leaveGroup(GroupCallers.of(context), request);
    }

    @Override
    public LeaveGroupResponse errorResponse(LeaveGroupRequest request, ErrorCode error, @Nullable String message) {
        return new LeaveGroupResponse().setErrorCode(error.code());
    }
}
