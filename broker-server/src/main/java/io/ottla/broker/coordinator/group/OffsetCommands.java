package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.CommandResult;
import io.ottla.broker.coordinator.runtime.CoordinatorRecord;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.protocol.message.OffsetCommitResponse;
import io.ottla.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.ottla.protocol.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import io.ottla.protocol.message.OffsetDeleteResponse;
import io.ottla.protocol.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import io.ottla.protocol.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import io.ottla.protocol.message.TxnOffsetCommitRequest;
import io.ottla.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import io.ottla.protocol.message.TxnOffsetCommitResponse;
import io.ottla.protocol.message.TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition;
import io.ottla.protocol.message.TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * OffsetCommit and OffsetDelete, and the end of a topic's offsets. Confined to the shard's loop.
 *
 * <p>Commits and deletions come with a response that answers for the partitions that do not exist; those with
 * {@code NONE} are the ones to act on.
 */
final class OffsetCommands {
    private static final short GROUP_ID_NOT_FOUND_VERSION = 9;

    private final ShardContext context;
    private final GroupStore groups;
    private final GroupSettings settings;
    private final MemberSessions sessions;

    OffsetCommands(ShardContext context, GroupStore groups, GroupSettings settings, MemberSessions sessions) {
        this.context = context;
        this.groups = groups;
        this.settings = settings;
        this.sessions = sessions;
    }

    CommandResult<OffsetCommitResponse> commit(
            GroupCaller caller, OffsetCommitRequest request, OffsetCommitResponse response) {
        ClassicGroup group = groups.find(request.groupId());
        ErrorCode error = checkCommit(group, caller, request);
        if (error != ErrorCode.NONE) {
            OffsetResponses.failRest(response, error);
            return new CommandResult<>(List.of(), response);
        }
        ClassicMember member = group == null ? null : group.member(request.memberId());
        if (group != null && member != null) {
            sessions.extend(group, member);
        }
        List<CoordinatorRecord> records = commitRecords(request, response);
        if (!records.isEmpty()) {
            groups.findOrCreate(request.groupId());
        }
        return new CommandResult<>(records, response);
    }

    private static ErrorCode checkCommit(
            @Nullable ClassicGroup group, GroupCaller caller, OffsetCommitRequest request) {
        int generation = request.generationIdOrMemberEpoch();
        if (group == null) {
            if (generation < 0) {
                return ErrorCode.NONE;
            }
            return caller.apiVersion() >= GROUP_ID_NOT_FOUND_VERSION
                    ? ErrorCode.GROUP_ID_NOT_FOUND
                    : ErrorCode.ILLEGAL_GENERATION;
        }
        if (generation < 0 && group.is(GroupState.EMPTY)) {
            // The group uses the broker to store offsets only.
            return ErrorCode.NONE;
        }
        if (generation < 0 && request.memberId().isEmpty() && request.groupInstanceId() == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        ErrorCode error = MemberCheck.check(group, request.memberId(), request.groupInstanceId(), generation);
        if (error == ErrorCode.NONE && group.is(GroupState.COMPLETING_REBALANCE)) {
            // A member of the new generation commits what it read in the old one, before it knows its assignment.
            return ErrorCode.REBALANCE_IN_PROGRESS;
        }
        return error;
    }

    /** As {@link #commit}, with records that count once the transaction is committed. */
    CommandResult<TxnOffsetCommitResponse> commitInTransaction(
            TxnOffsetCommitRequest request, TxnOffsetCommitResponse response) {
        ErrorCode error = checkTransactionalCommit(groups.find(request.groupId()), request);
        if (error != ErrorCode.NONE) {
            TransactionalOffsets.failRest(response, error);
            return new CommandResult<>(List.of(), response);
        }
        List<CoordinatorRecord> records = new ArrayList<>();
        for (int i = 0; i < response.topics().size(); i++) {
            TxnOffsetCommitResponseTopic topic = response.topics().get(i);
            List<TxnOffsetCommitRequestPartition> asked =
                    request.topics().get(i).partitions();
            for (int j = 0; j < asked.size(); j++) {
                TxnOffsetCommitRequestPartition partition = asked.get(j);
                TxnOffsetCommitResponsePartition answer = topic.partitions().get(j);
                String metadata = partition.committedMetadata() == null ? "" : partition.committedMetadata();
                if (answer.errorCode() != ErrorCode.NONE.code()) {
                    continue;
                }
                if (metadata.length() > settings.offsets().metadataMaxBytes()) {
                    answer.setErrorCode(ErrorCode.OFFSET_METADATA_TOO_LARGE.code());
                    continue;
                }
                records.add(GroupRecords.offsetCommit(
                        request.groupId(),
                        new TopicPartition(topic.name(), partition.partitionIndex()),
                        new CommittedOffset(
                                partition.committedOffset(),
                                partition.committedLeaderEpoch(),
                                metadata,
                                context.nowMs(),
                                CommittedOffset.NO_EXPIRY)));
            }
        }
        if (!records.isEmpty()) {
            groups.findOrCreate(request.groupId());
        }
        return new CommandResult<>(records, response);
    }

    /** A producer that is no member may commit for any group; one that says who it is must be right (KIP-447). */
    private static ErrorCode checkTransactionalCommit(@Nullable ClassicGroup group, TxnOffsetCommitRequest request) {
        int generation = request.generationIdOrMemberEpoch();
        if (group == null) {
            return generation < 0 ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
        }
        boolean anonymous = generation < 0 && request.memberId().isEmpty() && request.groupInstanceId() == null;
        if (anonymous || (generation < 0 && group.is(GroupState.EMPTY))) {
            return ErrorCode.NONE;
        }
        return MemberCheck.check(group, request.memberId(), request.groupInstanceId(), generation);
    }

    private List<CoordinatorRecord> commitRecords(OffsetCommitRequest request, OffsetCommitResponse response) {
        long nowMs = context.nowMs();
        long expireMs = request.retentionTimeMs() < 0 ? CommittedOffset.NO_EXPIRY : nowMs + request.retentionTimeMs();
        List<CoordinatorRecord> records = new ArrayList<>();
        for (int i = 0; i < response.topics().size(); i++) {
            OffsetCommitResponseTopic topic = response.topics().get(i);
            List<OffsetCommitRequestPartition> asked = request.topics().get(i).partitions();
            for (int j = 0; j < asked.size(); j++) {
                OffsetCommitResponsePartition answer = topic.partitions().get(j);
                OffsetCommitRequestPartition partition = asked.get(j);
                String metadata = partition.committedMetadata() == null ? "" : partition.committedMetadata();
                if (answer.errorCode() != ErrorCode.NONE.code()) {
                    continue;
                }
                if (metadata.length() > settings.offsets().metadataMaxBytes()) {
                    answer.setErrorCode(ErrorCode.OFFSET_METADATA_TOO_LARGE.code());
                    continue;
                }
                records.add(GroupRecords.offsetCommit(
                        request.groupId(),
                        new TopicPartition(topic.name(), partition.partitionIndex()),
                        new CommittedOffset(
                                partition.committedOffset(),
                                partition.committedLeaderEpoch(),
                                metadata,
                                nowMs,
                                expireMs)));
            }
        }
        return records;
    }

    CommandResult<OffsetDeleteResponse> delete(String groupId, OffsetDeleteResponse response) {
        ClassicGroup group = groups.find(groupId);
        if (group == null || group.is(GroupState.DEAD)) {
            return deleteFailed(ErrorCode.GROUP_ID_NOT_FOUND);
        }
        boolean empty = group.is(GroupState.EMPTY);
        if (!empty && !group.isConsumerGroup()) {
            return deleteFailed(ErrorCode.NON_EMPTY_GROUP);
        }
        RecordChunks tombstones = newChunks();
        for (OffsetDeleteResponseTopic topic : response.topics()) {
            boolean subscribed = !empty && group.mayBeSubscribedTo(topic.name());
            for (OffsetDeleteResponsePartition partition : topic.partitions()) {
                if (partition.errorCode() != ErrorCode.NONE.code()) {
                    continue;
                }
                TopicPartition key = new TopicPartition(topic.name(), partition.partitionIndex());
                if (subscribed) {
                    partition.setErrorCode(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC.code());
                } else if (groups.offsets().get(groupId, key) != null
                        || groups.pending().has(groupId, key)) {
                    tombstones.offsetTombstone(groupId, key);
                }
            }
        }
        return tombstones.appendThrough(context, response, error -> {});
    }

    private static CommandResult<OffsetDeleteResponse> deleteFailed(ErrorCode error) {
        return new CommandResult<>(List.of(), new OffsetDeleteResponse().setErrorCode(error.code()));
    }

    /** Forgets what all groups committed for topics that are no more; answers with how many offsets. */
    CommandResult<Integer> forgetTopics(Set<String> topics) {
        RecordChunks tombstones = newChunks();
        int count = 0;
        for (String groupId : groups.ids()) {
            for (TopicPartition partition : groups.offsets().sorted(groupId).keySet()) {
                if (topics.contains(partition.topic())) {
                    tombstones.offsetTombstone(groupId, partition);
                    count++;
                }
            }
            for (TopicPartition partition : groups.pending().partitions(groupId)) {
                if (topics.contains(partition.topic()) && groups.offsets().get(groupId, partition) == null) {
                    tombstones.offsetTombstone(groupId, partition);
                    count++;
                }
            }
        }
        return tombstones.appendThrough(context, count, error -> {});
    }

    private RecordChunks newChunks() {
        return new RecordChunks(settings.shards().maxBatchBytes());
    }
}
