package io.ottla.broker.coordinator.group;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import io.ottla.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Responses about a group's membership. The handlers adapt them to the version asked for. */
final class GroupResponses {
    private GroupResponses() {}

    static JoinGroupResponse joinError(String memberId, ErrorCode error) {
        return new JoinGroupResponse()
                .setMemberId(memberId)
                .setProtocolName(null)
                .setErrorCode(error.code());
    }

    /** The current generation as a member that is not asked to assign sees it. */
    static JoinGroupResponse joined(ClassicGroup group, String memberId, @Nullable String leaderId) {
        return new JoinGroupResponse()
                .setMemberId(memberId)
                .setGenerationId(group.generation())
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocolName())
                .setLeader(leaderId == null ? "" : leaderId);
    }

    /** The current generation as {@code memberId} sees it: the leader gets what all members say. */
    static JoinGroupResponse joined(ClassicGroup group, String memberId) {
        JoinGroupResponse response = joined(group, memberId, group.leaderId());
        return group.isLeader(memberId) ? response.setMembers(membersForLeader(group)) : response;
    }

    static List<JoinGroupResponseMember> membersForLeader(ClassicGroup group) {
        List<JoinGroupResponseMember> members = new ArrayList<>(group.size());
        for (ClassicMember member : group.members()) {
            members.add(new JoinGroupResponseMember()
                    .setMemberId(member.id())
                    .setGroupInstanceId(member.instanceId())
                    .setMetadata(member.metadata(group.protocolName())));
        }
        return members;
    }

    static SyncGroupResponse syncError(ErrorCode error) {
        return new SyncGroupResponse().setErrorCode(error.code());
    }

    static SyncGroupResponse synced(ClassicGroup group, ClassicMember member) {
        return new SyncGroupResponse()
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocolName())
                .setAssignment(member.assignment());
    }
}
