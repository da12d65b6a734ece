package io.ottla.broker.coordinator.group;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.message.DeleteGroupsRequest;
import io.ottla.protocol.message.DeleteGroupsResponse;
import io.ottla.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import io.ottla.protocol.message.DescribeGroupsRequest;
import io.ottla.protocol.message.DescribeGroupsResponse;
import io.ottla.protocol.message.DescribeGroupsResponse.DescribedGroup;
import io.ottla.protocol.message.ListGroupsRequest;
import io.ottla.protocol.message.ListGroupsResponse;
import io.ottla.protocol.message.ListGroupsResponse.ListedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The group coordinator as operators see it. Any thread; as {@link GroupCoordinator}. */
public final class GroupAdministration {
    /** Without an authorizer everything is allowed that groups know: READ (3), DELETE (6) and DESCRIBE (8). */
    private static final int ALL_OPERATIONS = 1 << 3 | 1 << 6 | 1 << 8;

    private final GroupCoordinator coordinator;

    GroupAdministration(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** Describes groups, in the order asked for. */
    public CompletableFuture<DescribeGroupsResponse> describe(GroupCaller caller, DescribeGroupsRequest request) {
        List<CompletableFuture<DescribedGroup>> asked =
                new ArrayList<>(request.groups().size());
        for (String groupId : request.groups()) {
            CompletableFuture<DescribedGroup> described = coordinator
                    .runtime()
                    .query(coordinator.partitionFor(groupId), shard -> shard.admin()
                            .describe(groupId, caller.apiVersion()));
            asked.add(described.exceptionally(cause -> new DescribedGroup()
                    .setGroupId(groupId)
                    .setErrorCode(
                            GroupErrors.ofCoordinator(StageFailure.error(cause)).code())));
        }
        return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    DescribeGroupsResponse response = new DescribeGroupsResponse();
                    for (CompletableFuture<DescribedGroup> group : asked) {
                        DescribedGroup described = group.join();
                        if (request.includeAuthorizedOperations() && described.errorCode() == ErrorCode.NONE.code()) {
                            described.setAuthorizedOperations(ALL_OPERATIONS);
                        }
                        response.groups().add(described);
                    }
                    return response;
                });
    }

    /** Lists the groups coordinated here, by partition and id, filtered by states and types whatever their case. */
    public CompletableFuture<ListGroupsResponse> list(ListGroupsRequest request) {
        List<CompletableFuture<List<ListedGroup>>> asked = new ArrayList<>();
        for (int partition : coordinator.runtime().partitions()) {
            asked.add(coordinator.runtime().query(partition, shard -> shard.admin()
                    .list()));
        }
        CompletableFuture<?>[] settled = asked.stream()
                .map(groups -> groups.handle((listed, cause) -> ErrorCode.NONE))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(settled).thenApply(done -> {
            ListGroupsResponse response = new ListGroupsResponse();
            asked.forEach(groups -> collect(request, response, groups));
            return response;
        });
    }

    private static void collect(
            ListGroupsRequest request, ListGroupsResponse response, CompletableFuture<List<ListedGroup>> groups) {
        if (!groups.isCompletedExceptionally()) {
            for (ListedGroup group : groups.join()) {
                if (matches(request.statesFilter(), group.groupState())
                        && matches(request.typesFilter(), group.groupType())) {
                    response.groups().add(group);
                }
            }
            return;
        }
        ErrorCode error =
                groups.handle((listed, cause) -> StageFailure.error(cause)).join();
        // A shard that was given up meanwhile has no groups to list; its new owner has.
        if (error != ErrorCode.NOT_COORDINATOR) {
            response.setErrorCode(error.code());
        }
    }

    private static boolean matches(List<String> filter, String value) {
        return filter.isEmpty() || filter.stream().anyMatch(value::equalsIgnoreCase);
    }

    /** Deletes groups that have no members, with their offsets. */
    public CompletableFuture<DeleteGroupsResponse> delete(DeleteGroupsRequest request) {
        List<CompletableFuture<DeletableGroupResult>> asked =
                new ArrayList<>(request.groupsNames().size());
        for (String groupId : request.groupsNames()) {
            CompletableFuture<ErrorCode> deleted = coordinator
                    .runtime()
                    .write(coordinator.partitionFor(groupId), shard -> shard.admin()
                            .delete(groupId));
            asked.add(deleted.exceptionally(cause -> GroupErrors.ofCoordinator(StageFailure.error(cause)))
                    .thenApply(error -> result(groupId, error)));
        }
        return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    DeleteGroupsResponse response = new DeleteGroupsResponse();
                    asked.forEach(group -> response.results().add(group.join()));
                    return response;
                });
    }

    private static DeletableGroupResult result(String groupId, ErrorCode error) {
        DeletableGroupResult result =
                new DeletableGroupResult().setGroupId(groupId).setErrorCode(error.code());
        return error == ErrorCode.NONE ? result : result.setErrorMessage(error.message());
    }
}
