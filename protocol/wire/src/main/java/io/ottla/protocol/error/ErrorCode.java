package io.ottla.protocol.error;

/**
 * Every error that a response can carry, with the names and codes of Apache Kafka (a test holds them to its clients).
 * The messages are for people and end up in responses and logs.
 */
public enum ErrorCode {
    UNKNOWN_SERVER_ERROR(-1, Retry.NO, "The broker failed unexpectedly; its log says more."),
    NONE(0, Retry.NO, ""),
    OFFSET_OUT_OF_RANGE(1, Retry.NO, "The offset lies outside of the partition's log."),
    CORRUPT_MESSAGE(2, Retry.YES, "The records are damaged: checksum, size or layout is wrong."),
    UNKNOWN_TOPIC_OR_PARTITION(3, Retry.YES, "This broker does not host that topic or partition."),
    INVALID_FETCH_SIZE(4, Retry.NO, "The fetch size is invalid."),
    LEADER_NOT_AVAILABLE(5, Retry.YES, "The partition has no leader at the moment."),
    NOT_LEADER_OR_FOLLOWER(6, Retry.YES, "This broker is not the leader, or not a replica, of the partition."),
    REQUEST_TIMED_OUT(7, Retry.YES, "The request was not completed in time."),
    BROKER_NOT_AVAILABLE(8, Retry.NO, "The broker is not available."),
    REPLICA_NOT_AVAILABLE(9, Retry.YES, "The replica is not available on this broker."),
    MESSAGE_TOO_LARGE(10, Retry.NO, "A record batch is larger than the topic accepts."),
    STALE_CONTROLLER_EPOCH(11, Retry.NO, "The request comes from a controller that has been replaced."),
    OFFSET_METADATA_TOO_LARGE(12, Retry.NO, "The metadata of a committed offset is too long."),
    NETWORK_EXCEPTION(13, Retry.YES, "The connection broke before the response arrived."),
    COORDINATOR_LOAD_IN_PROGRESS(14, Retry.YES, "The coordinator is still loading its state."),
    COORDINATOR_NOT_AVAILABLE(15, Retry.YES, "No coordinator is available at the moment."),
    NOT_COORDINATOR(16, Retry.YES, "Another broker is the coordinator now."),
    INVALID_TOPIC_EXCEPTION(17, Retry.NO, "The topic name is not allowed, or the topic is not open to this operation."),
    RECORD_LIST_TOO_LARGE(18, Retry.NO, "The batch is larger than a segment of the log."),
    NOT_ENOUGH_REPLICAS(19, Retry.YES, "Fewer replicas are in sync than the topic demands; nothing was appended."),
    NOT_ENOUGH_REPLICAS_AFTER_APPEND(20, Retry.YES, "The records were appended, but too few replicas are in sync."),
    INVALID_REQUIRED_ACKS(21, Retry.NO, "The required acknowledgements must be -1, 0 or 1."),
    ILLEGAL_GENERATION(22, Retry.NO, "The generation is not the group's current one."),
    INCONSISTENT_GROUP_PROTOCOL(23, Retry.NO, "The member shares no protocol with the rest of the group."),
    INVALID_GROUP_ID(24, Retry.NO, "The group id is not allowed."),
    UNKNOWN_MEMBER_ID(25, Retry.NO, "The group has no such member."),
    INVALID_SESSION_TIMEOUT(26, Retry.NO, "The session timeout is outside of the range that the broker allows."),
    REBALANCE_IN_PROGRESS(27, Retry.NO, "The group is rebalancing; join it again."),
    INVALID_COMMIT_OFFSET_SIZE(28, Retry.NO, "The commit does not fit into a record batch."),
    TOPIC_AUTHORIZATION_FAILED(29, Retry.NO, "The principal may not do this with the topic."),
    GROUP_AUTHORIZATION_FAILED(30, Retry.NO, "The principal may not do this with the group."),
    CLUSTER_AUTHORIZATION_FAILED(31, Retry.NO, "The principal may not do this with the cluster."),
    INVALID_TIMESTAMP(32, Retry.NO, "A record's timestamp is outside of the range that the topic accepts."),
    UNSUPPORTED_SASL_MECHANISM(33, Retry.NO, "The broker does not offer that SASL mechanism."),
    ILLEGAL_SASL_STATE(34, Retry.NO, "The request is not allowed at this point of the authentication."),
    UNSUPPORTED_VERSION(35, Retry.NO, "The broker does not know that version of the request."),
    TOPIC_ALREADY_EXISTS(36, Retry.NO, "A topic of this name exists already."),
    INVALID_PARTITIONS(37, Retry.NO, "The number of partitions is invalid."),
    INVALID_REPLICATION_FACTOR(38, Retry.NO, "The replication factor is below 1 or above the number of live brokers."),
    INVALID_REPLICA_ASSIGNMENT(39, Retry.NO, "The assignment of replicas is invalid."),
    INVALID_CONFIG(40, Retry.NO, "The configuration is invalid."),
    NOT_CONTROLLER(41, Retry.YES, "Another node is the controller."),
    INVALID_REQUEST(42, Retry.NO, "The request contradicts itself or the protocol."),
    UNSUPPORTED_FOR_MESSAGE_FORMAT(43, Retry.NO, "The log's record format does not support this."),
    POLICY_VIOLATION(44, Retry.NO, "The request violates a policy that the operator has set."),
    OUT_OF_ORDER_SEQUENCE_NUMBER(45, Retry.NO, "The producer's sequence number does not follow its last one."),
    DUPLICATE_SEQUENCE_NUMBER(46, Retry.NO, "The producer's sequence number has been appended before."),
    INVALID_PRODUCER_EPOCH(47, Retry.NO, "The producer's epoch is older than the current one."),
    INVALID_TXN_STATE(48, Retry.NO, "The transaction is not in a state that allows this."),
    INVALID_PRODUCER_ID_MAPPING(49, Retry.NO, "The producer id does not belong to that transactional id."),
    INVALID_TRANSACTION_TIMEOUT(50, Retry.NO, "The transaction timeout is longer than the broker allows."),
    CONCURRENT_TRANSACTIONS(51, Retry.YES, "The previous transaction of this producer is still being completed."),
    TRANSACTION_COORDINATOR_FENCED(52, Retry.NO, "The transaction coordinator has been replaced."),
    TRANSACTIONAL_ID_AUTHORIZATION_FAILED(53, Retry.NO, "The principal may not use that transactional id."),
    SECURITY_DISABLED(54, Retry.NO, "Security features are switched off."),
    OPERATION_NOT_ATTEMPTED(55, Retry.NO, "Not attempted, because another part of the request failed."),
    KAFKA_STORAGE_ERROR(56, Retry.YES, "The log directory of the partition is offline."),
    LOG_DIR_NOT_FOUND(57, Retry.NO, "The broker has no such log directory."),
    SASL_AUTHENTICATION_FAILED(58, Retry.NO, "SASL authentication failed."),
    UNKNOWN_PRODUCER_ID(59, Retry.NO, "The broker remembers nothing of this producer id."),
    REASSIGNMENT_IN_PROGRESS(60, Retry.NO, "The partition is being reassigned."),
    DELEGATION_TOKEN_AUTH_DISABLED(61, Retry.NO, "Delegation tokens are switched off."),
    DELEGATION_TOKEN_NOT_FOUND(62, Retry.NO, "There is no such delegation token."),
    DELEGATION_TOKEN_OWNER_MISMATCH(63, Retry.NO, "The principal is neither owner nor renewer of the token."),
    DELEGATION_TOKEN_REQUEST_NOT_ALLOWED(64, Retry.NO, "Tokens cannot be requested on this kind of connection."),
    DELEGATION_TOKEN_AUTHORIZATION_FAILED(65, Retry.NO, "The principal may not do this with the token."),
    DELEGATION_TOKEN_EXPIRED(66, Retry.NO, "The delegation token has expired."),
    INVALID_PRINCIPAL_TYPE(67, Retry.NO, "That type of principal is not supported."),
    NON_EMPTY_GROUP(68, Retry.NO, "The group still has members."),
    GROUP_ID_NOT_FOUND(69, Retry.NO, "There is no such group."),
    FETCH_SESSION_ID_NOT_FOUND(70, Retry.YES, "The broker has no such fetch session; begin a new one."),
    INVALID_FETCH_SESSION_EPOCH(71, Retry.YES, "The fetch session's epoch is not the expected one."),
    LISTENER_NOT_FOUND(72, Retry.YES, "The leader has no listener of the name that this request came in by."),
    TOPIC_DELETION_DISABLED(73, Retry.NO, "Deletion of topics is switched off."),
    FENCED_LEADER_EPOCH(74, Retry.YES, "The client's leader epoch is older than the broker's."),
    UNKNOWN_LEADER_EPOCH(75, Retry.YES, "The client's leader epoch is newer than the broker's."),
    UNSUPPORTED_COMPRESSION_TYPE(
            76, Retry.NO, "The client's version does not understand the compression of these records."),
    STALE_BROKER_EPOCH(77, Retry.NO, "The broker has registered again since; the epoch is out of date."),
    OFFSET_NOT_AVAILABLE(78, Retry.YES, "The new leader cannot tell its offsets yet."),
    MEMBER_ID_REQUIRED(79, Retry.NO, "Join again with the member id in this response."),
    PREFERRED_LEADER_NOT_AVAILABLE(80, Retry.YES, "The preferred leader is not available."),
    GROUP_MAX_SIZE_REACHED(81, Retry.NO, "The group has as many members as it may have."),
    FENCED_INSTANCE_ID(82, Retry.NO, "Another member uses the same group instance id."),
    ELIGIBLE_LEADERS_NOT_AVAILABLE(83, Retry.YES, "No replica that could lead is available."),
    ELECTION_NOT_NEEDED(84, Retry.YES, "The partition already has the leader that an election would give it."),
    NO_REASSIGNMENT_IN_PROGRESS(85, Retry.NO, "The partition is not being reassigned."),
    GROUP_SUBSCRIBED_TO_TOPIC(86, Retry.NO, "Members of the group are subscribed to the topic."),
    INVALID_RECORD(87, Retry.NO, "A record breaks the rules of its topic."),
    UNSTABLE_OFFSET_COMMIT(88, Retry.YES, "Offsets of a transaction in progress await its outcome."),
    THROTTLING_QUOTA_EXCEEDED(89, Retry.YES, "The quota is used up; try again after the throttle time."),
    PRODUCER_FENCED(90, Retry.NO, "A newer producer with the same transactional id has taken over."),
    RESOURCE_NOT_FOUND(91, Retry.NO, "The request refers to something that does not exist."),
    DUPLICATE_RESOURCE(92, Retry.NO, "The request names something twice."),
    UNACCEPTABLE_CREDENTIAL(93, Retry.NO, "The credential does not meet the requirements."),
    INCONSISTENT_VOTER_SET(94, Retry.NO, "The voter is not part of the expected set."),
    INVALID_UPDATE_VERSION(95, Retry.NO, "The update is based on an outdated version."),
    FEATURE_UPDATE_FAILED(96, Retry.NO, "The features could not be changed."),
    PRINCIPAL_DESERIALIZATION_FAILURE(97, Retry.NO, "The forwarded principal could not be read."),
    SNAPSHOT_NOT_FOUND(98, Retry.NO, "There is no such snapshot."),
    POSITION_OUT_OF_RANGE(99, Retry.NO, "The position lies outside of the snapshot."),
    UNKNOWN_TOPIC_ID(100, Retry.YES, "This broker knows no topic of that id."),
    DUPLICATE_BROKER_REGISTRATION(101, Retry.NO, "Another live broker is registered under this id."),
    BROKER_ID_NOT_REGISTERED(102, Retry.NO, "No broker is registered under this id."),
    INCONSISTENT_TOPIC_ID(103, Retry.YES, "The topic id is not the one of the log."),
    INCONSISTENT_CLUSTER_ID(104, Retry.NO, "The cluster id is not the one of this cluster."),
    TRANSACTIONAL_ID_NOT_FOUND(105, Retry.NO, "There is no such transactional id."),
    FETCH_SESSION_TOPIC_ID_ERROR(106, Retry.YES, "The fetch session mixes topic names and topic ids."),
    INELIGIBLE_REPLICA(107, Retry.NO, "The replica may not join the in-sync set at the moment."),
    NEW_LEADER_ELECTED(108, Retry.NO, "The change made another replica the leader."),
    OFFSET_MOVED_TO_TIERED_STORAGE(109, Retry.NO, "The offset is in remote storage only."),
    FENCED_MEMBER_EPOCH(110, Retry.NO, "The member's epoch is fenced; it must give up its partitions and join again."),
    UNRELEASED_INSTANCE_ID(111, Retry.NO, "The instance id is still used by another member, which must leave first."),
    UNSUPPORTED_ASSIGNOR(112, Retry.NO, "The group coordinator does not offer that assignor."),
    STALE_MEMBER_EPOCH(113, Retry.NO, "The member's epoch is out of date; learn the new one by a heartbeat."),
    MISMATCHED_ENDPOINT_TYPE(114, Retry.NO, "The request was meant for another kind of endpoint."),
    UNSUPPORTED_ENDPOINT_TYPE(115, Retry.NO, "That kind of endpoint is not supported."),
    UNKNOWN_CONTROLLER_ID(116, Retry.NO, "There is no controller of that id."),
    UNKNOWN_SUBSCRIPTION_ID(117, Retry.NO, "The telemetry subscription is not the current one; fetch it again."),
    TELEMETRY_TOO_LARGE(118, Retry.NO, "The pushed telemetry is larger than the broker accepts."),
    INVALID_REGISTRATION(119, Retry.NO, "The registration is invalid."),
    TRANSACTION_ABORTABLE(120, Retry.NO, "The transaction failed; abort it and begin another."),
    INVALID_RECORD_STATE(121, Retry.NO, "The state of the shared record does not allow this acknowledgement."),
    SHARE_SESSION_NOT_FOUND(122, Retry.YES, "The broker has no such share session."),
    INVALID_SHARE_SESSION_EPOCH(123, Retry.YES, "The share session's epoch is not the expected one."),
    FENCED_STATE_EPOCH(124, Retry.NO, "The share state's epoch is out of date."),
    INVALID_VOTER_KEY(125, Retry.NO, "The voter key is not that of the receiving replica."),
    DUPLICATE_VOTER(126, Retry.NO, "The voter is in the set already."),
    VOTER_NOT_FOUND(127, Retry.NO, "The voter is not in the set."),
    INVALID_REGULAR_EXPRESSION(128, Retry.NO, "The regular expression is invalid."),
    REBOOTSTRAP_REQUIRED(
            129, Retry.NO, "The client's view is too old; it must begin again from its bootstrap servers."),
    STREAMS_INVALID_TOPOLOGY(130, Retry.NO, "The topology is invalid."),
    STREAMS_INVALID_TOPOLOGY_EPOCH(131, Retry.NO, "The topology epoch is invalid."),
    STREAMS_TOPOLOGY_FENCED(132, Retry.NO, "The topology epoch is out of date."),
    SHARE_SESSION_LIMIT_REACHED(133, Retry.YES, "The broker has as many share sessions as it may have."),
    GROUP_DELETION_FAILED(134, Retry.NO, "The group could not be deleted."),
    STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED(135, Retry.NO, "The topology description could not be stored."),
    CONTROLLER_ID_NOT_REGISTERED(136, Retry.NO, "No controller is registered under this id.");

    private enum Retry {
        YES,
        NO
    }

    private static final ErrorCode[] BY_CODE = new ErrorCode[values().length - 1];

    static {
        for (ErrorCode error : values()) {
            if (error.code >= 0) {
                BY_CODE[error.code] = error;
            }
        }
    }

    private final short code;
    private final boolean retriable;
    private final String message;

    ErrorCode(int code, Retry retry, String message) {
        this.code = (short) code;
        this.retriable = retry == Retry.YES;
        this.message = message;
    }

    /** The error of this code; {@link #UNKNOWN_SERVER_ERROR} for a code that is not known, as Kafka's clients do. */
    public static ErrorCode forCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : UNKNOWN_SERVER_ERROR;
    }

    public short code() {
        return code;
    }

    /** Whether the same request may succeed later without any other change, as Kafka's clients see it. */
    public boolean retriable() {
        return retriable;
    }

    /** A sentence for people; empty for {@link #NONE}. */
    public String message() {
        return message;
    }
}
