package io.ottla.broker.coordinator.transaction;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;

/** What clients are told when a command fails: errors that they know how to act upon. */
final class TransactionErrors {
    private TransactionErrors() {}

    /** The error behind a failed stage, as the coordinator's clients understand it. */
    static ErrorCode of(Throwable cause) {
        ErrorCode error = StageFailure.error(cause);
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT ->
                ErrorCode.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> ErrorCode.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE -> ErrorCode.UNKNOWN_SERVER_ERROR;
            default -> error;
        };
    }

    /**
     * The error as a client of a version understands it.
     *
     * @param fencedVersion the first version of the API that knows PRODUCER_FENCED
     */
    static ErrorCode forVersion(ErrorCode error, short version, int fencedVersion) {
        return error == ErrorCode.PRODUCER_FENCED && version < fencedVersion ? ErrorCode.INVALID_PRODUCER_EPOCH : error;
    }
}
