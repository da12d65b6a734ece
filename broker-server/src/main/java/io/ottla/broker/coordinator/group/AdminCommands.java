package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.CommandResult;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DescribeGroupsResponse.DescribedGroup;
import io.ottla.protocol.message.DescribeGroupsResponse.DescribedGroupMember;
import io.ottla.protocol.message.ListGroupsResponse.ListedGroup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DescribeGroups, ListGroups and DeleteGroups. Confined to the shard's loop. */
final class AdminCommands {
    private static final short NOT_FOUND_VERSION = 6;
    private static final String CLASSIC_TYPE = "classic";

    private final ShardContext context;
    private final GroupStore groups;
    private final GroupSettings settings;

    AdminCommands(ShardContext context, GroupStore groups, GroupSettings settings) {
        this.context = context;
        this.groups = groups;
        this.settings = settings;
    }

    DescribedGroup describe(String groupId, short version) {
        ClassicGroup group = groups.find(groupId);
        if (group == null) {
            DescribedGroup dead = new DescribedGroup().setGroupId(groupId).setGroupState(GroupState.DEAD.wireName());
            return version < NOT_FOUND_VERSION
                    ? dead
                    : dead.setErrorCode(ErrorCode.GROUP_ID_NOT_FOUND.code())
                            .setErrorMessage("Group " + groupId + " not found.");
        }
        boolean stable = group.is(GroupState.STABLE);
        List<DescribedGroupMember> members = new ArrayList<>(group.size());
        for (ClassicMember member : group.members()) {
            members.add(describe(member, stable ? group.protocolName() : null));
        }
        return new DescribedGroup()
                .setGroupId(groupId)
                .setGroupState(group.state().wireName())
                .setProtocolType(orEmpty(group.protocolType()))
                .setProtocolData(stable ? orEmpty(group.protocolName()) : "")
                .setMembers(members);
    }

    /** What members say and are assigned means something only in a stable group. */
    private static DescribedGroupMember describe(ClassicMember member, @Nullable String protocolName) {
        DescribedGroupMember described = new DescribedGroupMember()
                .setMemberId(member.id())
                .setGroupInstanceId(member.instanceId())
                .setClientId(member.client().clientId())
                .setClientHost(member.client().clientHost());
        return protocolName == null
                ? described
                : described.setMemberMetadata(member.metadata(protocolName)).setMemberAssignment(member.assignment());
    }

    List<ListedGroup> list() {
        List<ListedGroup> listed = new ArrayList<>();
        for (String groupId : groups.ids()) {
            ClassicGroup group = groups.find(groupId);
            if (group != null) {
                listed.add(new ListedGroup()
                        .setGroupId(groupId)
                        .setProtocolType(orEmpty(group.protocolType()))
                        .setGroupState(group.state().wireName())
                        .setGroupType(CLASSIC_TYPE));
            }
        }
        return listed;
    }

    CommandResult<ErrorCode> delete(String groupId) {
        ClassicGroup group = groups.find(groupId);
        if (group == null) {
            return new CommandResult<>(List.of(), ErrorCode.GROUP_ID_NOT_FOUND);
        }
        if (!group.is(GroupState.EMPTY)) {
            return new CommandResult<>(List.of(), ErrorCode.NON_EMPTY_GROUP);
        }
        RecordChunks tombstones = new RecordChunks(settings.shards().maxBatchBytes());
        for (TopicPartition partition : groups.offsets().sorted(groupId).keySet()) {
            tombstones.offsetTombstone(groupId, partition);
        }
        for (TopicPartition partition : groups.pending().partitions(groupId)) {
            if (groups.offsets().get(groupId, partition) == null) {
                tombstones.offsetTombstone(groupId, partition);
            }
        }
        if (groups.isWritten(groupId)) {
            tombstones.groupTombstone(groupId);
        }
        groups.bury(group);
        return tombstones.appendThrough(context, ErrorCode.NONE, error -> groups.find(groupId));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
