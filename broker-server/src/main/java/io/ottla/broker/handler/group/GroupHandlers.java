package io.ottla.broker.handler.group;

import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.request.RequestHandler;
import java.util.List;

/** All APIs of groups, for the registry. */
public final class GroupHandlers {
    private GroupHandlers() {}

    public static List<RequestHandler<?, ?>> of(GroupCoordinator coordinator) {
        return List.of(
                new JoinGroupHandler(coordinator),
                new SyncGroupHandler(coordinator),
                new HeartbeatHandler(coordinator),
                new LeaveGroupHandler(coordinator),
                new OffsetCommitHandler(coordinator),
                new OffsetFetchHandler(coordinator),
                new OffsetDeleteHandler(coordinator),
                new DescribeGroupsHandler(coordinator),
                new ListGroupsHandler(coordinator),
                new DeleteGroupsHandler(coordinator));
    }
}
