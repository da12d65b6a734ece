package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.request.RequestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeGroupsRequest;
import io.ottla.protocol.message.DescribeGroupsResponse;
import io.ottla.protocol.message.DescribeGroupsResponse.DescribedGroup;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Describes groups. Stateless. */
public final class DescribeGroupsHandler implements RequestHandler<DescribeGroupsRequest, DescribeGroupsResponse> {
    private final GroupCoordinator coordinator;

    public DescribeGroupsHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKey apiKey() {
        return ApiKey.DESCRIBE_GROUPS;
    }

    @Override
    public CompletionStage<@Nullable DescribeGroupsResponse> handle(
            RequestContext context, DescribeGroupsRequest request) {
        return coordinator.administration().describe(GroupCallers.of(context), request);
    }

    @Override
    public DescribeGroupsResponse errorResponse(
            DescribeGroupsRequest request, ErrorCode error, @Nullable String message) {
        DescribeGroupsResponse response = new DescribeGroupsResponse();
        request.groups().forEach(groupId -> response.groups()
                .add(new DescribedGroup().setGroupId(groupId).setErrorCode(error.code())));
        return response;
    }
}
