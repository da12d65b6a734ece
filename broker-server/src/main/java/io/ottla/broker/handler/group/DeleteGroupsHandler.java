package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteGroupsRequest;
import io.ottla.protocol.message.DeleteGroupsResponse;
import io.ottla.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Deletes groups without members. Stateless. */
public final class DeleteGroupsHandler implements RequestHandler<DeleteGroupsRequest, DeleteGroupsResponse> {
    private final GroupCoordinator coordinator;

    public DeleteGroupsHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DELETE_GROUPS;
    }

    @Override
    public CompletionStage<@Nullable DeleteGroupsResponse> handle(RequestContext context, DeleteGroupsRequest request) {
        return coordinator.administration().delete(request);
    }

    @Override
    public DeleteGroupsResponse errorResponse(DeleteGroupsRequest request, ErrorCode error, @Nullable String message) {
        DeleteGroupsResponse response = new DeleteGroupsResponse();
        request.groupsNames().forEach(groupId -> response.results()
                .add(new DeletableGroupResult().setGroupId(groupId).setErrorCode(error.code())));
        return response;
    }
}
