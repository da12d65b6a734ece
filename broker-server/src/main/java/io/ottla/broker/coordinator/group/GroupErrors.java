package io.ottla.broker.coordinator.group;

import io.ottla.protocol.error.ErrorCode;

/** What clients are told when the coordinator's own log fails: errors that they know how to act upon. */
final class GroupErrors {
    private GroupErrors() {}

    /** For SyncGroup and JoinGroup. */
    static ErrorCode ofMembershipWrite(ErrorCode error) {
        return switch (error) {
            case REQUEST_TIMED_OUT -> ErrorCode.REBALANCE_IN_PROGRESS;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE -> ErrorCode.UNKNOWN_SERVER_ERROR;
            default -> ofCoordinator(error);
        };
    }

    /** For OffsetCommit. */
    static ErrorCode ofOffsetWrite(ErrorCode error) {
        return switch (error) {
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE -> ErrorCode.INVALID_COMMIT_OFFSET_SIZE;
            default -> ofCoordinator(error);
        };
    }

    /** For everything else. */
    static ErrorCode ofCoordinator(ErrorCode error) {
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT ->
                ErrorCode.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> ErrorCode.NOT_COORDINATOR;
            default -> error;
        };
    }
}
