package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.JoinGroupRequest;
import io.ottla.protocol.message.JoinGroupResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Joins members to groups. Stateless. */
public final class JoinGroupHandler implements RequestHandler<JoinGroupRequest, JoinGroupResponse> {
    private final GroupCoordinator coordinator;

    public JoinGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.JOIN_GROUP;
    }

    @Override
    public CompletionStage<@Nullable JoinGroupResponse> handle(RequestContext context, JoinGroupRequest request) {
        return coordinator.joinGroup(GroupCallers.of(context), request);
    }

    @Override
    public JoinGroupResponse errorResponse(JoinGroupRequest request, ErrorCode error, @Nullable String message) {
        return new JoinGroupResponse().setMemberId(request.memberId()).setErrorCode(error.code());
    }
}
