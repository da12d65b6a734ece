package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ListGroupsRequest;
import io.ottla.protocol.message.ListGroupsResponse;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Lists the groups coordinated by this broker. Stateless. */
public final class ListGroupsHandler implements RequestHandler<ListGroupsRequest, ListGroupsResponse> {
    private final GroupCoordinator coordinator;

    public ListGroupsHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.LIST_GROUPS;
    }

    @Override
    public CompletionStage<@Nullable ListGroupsResponse> handle(RequestContext context, ListGroupsRequest request) {
        return coordinator.administration().list(request);
    }

    @Override
    public ListGroupsResponse errorResponse(ListGroupsRequest request, ErrorCode error, @Nullable String message) {
        return new ListGroupsResponse().setErrorCode(error.code());
    }
}
