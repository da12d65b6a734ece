package io.ottla.broker.coordinator.group;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.message.LeaveGroupRequest;
import io.ottla.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.ottla.protocol.message.LeaveGroupResponse;
import io.ottla.protocol.message.LeaveGroupResponse.MemberResponse;
import io.ottla.protocol.message.SyncGroupRequest;
import io.ottla.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** SyncGroup, Heartbeat and LeaveGroup. Confined to the shard's loop. */
final class MembershipCommands {
    private final GroupStore groups;
    private final Rebalances rebalances;

    MembershipCommands(GroupStore groups, Rebalances rebalances) {
        this.groups = groups;
        this.rebalances = rebalances;
    }

    /** Syncs; {@code future} completes when the leader's assignment is committed. */
    void sync(SyncGroupRequest request, CompletableFuture<SyncGroupResponse> future) {
        ClassicGroup group = groups.find(request.groupId());
        ErrorCode error = checkSync(group, request);
        ClassicMember member = group == null ? null : group.member(request.memberId());
        if (error != ErrorCode.NONE || group == null || member == null) {
            future.complete(GroupResponses.syncError(error));
            return;
        }
        switch (group.state()) {
            case COMPLETING_REBALANCE -> {
                group.setAwaitingSync(member, future);
                rebalances.onSync(group, member);
                if (group.isLeader(member.id())) {
                    storeAssignments(group, Assignments.of(request.assignments()));
                }
            }
            case STABLE -> {
                rebalances.onSync(group, member);
                rebalances.sessions().extend(group, member);
                future.complete(GroupResponses.synced(group, member));
            }
            case PREPARING_REBALANCE -> future.complete(GroupResponses.syncError(ErrorCode.REBALANCE_IN_PROGRESS));
            case EMPTY, DEAD -> future.complete(GroupResponses.syncError(ErrorCode.UNKNOWN_MEMBER_ID));
        }
    }

    private static ErrorCode checkSync(@Nullable ClassicGroup group, SyncGroupRequest request) {
        if (group == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        ErrorCode error =
                MemberCheck.check(group, request.memberId(), request.groupInstanceId(), request.generationId());
        if (error == ErrorCode.NONE
                && (contradicts(request.protocolType(), group.protocolType())
                        || contradicts(request.protocolName(), group.protocolName()))) {
            return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
        }
        return error;
    }

    /** Clients before version 5 do not say their protocol. */
    private static boolean contradicts(@Nullable String said, @Nullable String actual) {
        return said != null && !said.equals(actual);
    }

    private void storeAssignments(ClassicGroup group, Map<String, byte[]> assignments) {
        int generation = group.generation();
        rebalances.store(group, assignments, error -> {
            // Somebody may have joined or left meanwhile.
            if (!group.is(GroupState.COMPLETING_REBALANCE) || group.generation() != generation) {
                return;
            }
            if (error == ErrorCode.NONE) {
                for (ClassicMember member : group.members()) {
                    member.setAssignment(assignments.getOrDefault(member.id(), ClassicMember.NO_BYTES));
                }
                rebalances.becomeStable(group);
            } else {
                rebalances.failSyncs(group, GroupErrors.ofMembershipWrite(error));
                rebalances.prepare(group, "the assignment could not be written: " + error);
            }
        });
    }

    ErrorCode heartbeat(HeartbeatRequest request) {
        ClassicGroup group = groups.find(request.groupId());
        if (group == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        ErrorCode error =
                MemberCheck.check(group, request.memberId(), request.groupInstanceId(), request.generationId());
        ClassicMember member = group.member(request.memberId());
        if (error != ErrorCode.NONE || member == null) {
            return error;
        }
        rebalances.sessions().extend(group, member);
        return group.is(GroupState.PREPARING_REBALANCE) ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
    }

    /** The members to leave, with their results; the group's own error is always {@code NONE}. */
    LeaveGroupResponse leave(String groupId, List<MemberIdentity> leaving) {
        ClassicGroup group = groups.find(groupId);
        List<MemberResponse> results = new ArrayList<>(leaving.size());
        for (MemberIdentity identity : leaving) {
            ErrorCode error = group == null ? ErrorCode.UNKNOWN_MEMBER_ID : leave(group, identity);
            results.add(new MemberResponse()
                    .setMemberId(identity.memberId())
                    .setGroupInstanceId(identity.groupInstanceId())
                    .setErrorCode(error.code()));
        }
        return new LeaveGroupResponse().setMembers(results);
    }

    private ErrorCode leave(ClassicGroup group, MemberIdentity identity) {
        String memberId = identity.memberId();
        String instanceId = identity.groupInstanceId();
        if (memberId.isEmpty()) {
            // An operator removes a static member by its instance id alone.
            String current = instanceId == null ? null : group.staticMemberId(instanceId);
            return current == null ? ErrorCode.UNKNOWN_MEMBER_ID : remove(group, current, identity);
        }
        if (group.pending().has(memberId)) {
            rebalances.removePending(group, memberId);
            return ErrorCode.NONE;
        }
        ErrorCode error = MemberCheck.check(group, memberId, instanceId);
        return error == ErrorCode.NONE ? remove(group, memberId, identity) : error;
    }

    private ErrorCode remove(ClassicGroup group, String memberId, MemberIdentity identity) {
        ClassicMember member = group.member(memberId);
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        String reason = identity.reason();
        rebalances.removeMember(
                group, member, reason == null || reason.isEmpty() ? "it leaves" : "it leaves: " + reason);
        return ErrorCode.NONE;
    }

    /** The members that a LeaveGroup of any version names. */
    static List<MemberIdentity> leaving(LeaveGroupRequest request, short version) {
        return version < BATCHED_LEAVE_VERSION
                ? List.of(new MemberIdentity().setMemberId(request.memberId()))
                : request.members();
    }

    /** From this version on LeaveGroup names several members. */
    static final short BATCHED_LEAVE_VERSION = 3;
}
