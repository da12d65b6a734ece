package io.ottla.broker.coordinator.group;

import io.ottla.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Whether a request comes from who it says it comes from. */
final class MemberCheck {
    private MemberCheck() {}

    /**
     * Checks a member's identity: with an instance id, that it is the current holder of it; else, that it is a member.
     *
     * @return {@code NONE}, {@code FENCED_INSTANCE_ID} or {@code UNKNOWN_MEMBER_ID}
     */
    static ErrorCode check(ClassicGroup group, String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            String current = group.staticMemberId(instanceId);
            if (current == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            if (!current.equals(memberId)) {
                return ErrorCode.FENCED_INSTANCE_ID;
            }
        }
        return group.has(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }

    /** {@link #check}, and that the member is of the current generation; else {@code ILLEGAL_GENERATION}. */
    static ErrorCode check(ClassicGroup group, String memberId, @Nullable String instanceId, int generation) {
        if (group.is(GroupState.DEAD)) {
            return ErrorCode.COORDINATOR_NOT_AVAILABLE;
        }
        ErrorCode error = check(group, memberId, instanceId);
        if (error == ErrorCode.NONE && generation != group.generation()) {
            return ErrorCode.ILLEGAL_GENERATION;
        }
        return error;
    }
}
