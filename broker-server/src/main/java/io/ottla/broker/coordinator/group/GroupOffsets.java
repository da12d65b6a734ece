package io.ottla.broker.coordinator.group;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitResponse;
import io.ottla.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.ottla.protocol.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import io.ottla.protocol.message.OffsetDeleteRequest;
import io.ottla.protocol.message.OffsetDeleteResponse;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.ottla.protocol.message.OffsetFetchResponse;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopic;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The group coordinator's offsets. Any thread; as {@link GroupCoordinator}. */
public final class GroupOffsets {
    private static final short TOP_LEVEL_ERROR_VERSION = 2;
    private static final short BATCHED_FETCH_VERSION = 8;
    private static final short TOPIC_ID_FETCH_VERSION = 10;

    private final GroupCoordinator coordinator;
    private final TopicDirectory topics;

    GroupOffsets(GroupCoordinator coordinator, TopicDirectory topics) {
        this.coordinator = coordinator;
        this.topics = topics;
    }

    /** Commits offsets; completes when they are committed in the log. */
    public CompletableFuture<OffsetCommitResponse> commit(GroupCaller caller, OffsetCommitRequest request) {
        OffsetCommitResponse prepared = OffsetResponses.of(request, caller.apiVersion(), topics);
        CompletableFuture<OffsetCommitResponse> committed = coordinator
                .runtime()
                .write(coordinator.partitionFor(request.groupId()), shard -> shard.offsets()
                        .commit(caller, request, prepared));
        return committed.exceptionally(cause -> {
            OffsetResponses.failRest(prepared, GroupErrors.ofOffsetWrite(StageFailure.error(cause)));
            return prepared;
        });
    }

    /** Deletes offsets of partitions that the group's members do not read. */
    public CompletableFuture<OffsetDeleteResponse> delete(OffsetDeleteRequest request) {
        String groupId = request.groupId();
        if (groupId.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new OffsetDeleteResponse().setErrorCode(ErrorCode.INVALID_GROUP_ID.code()));
        }
        OffsetDeleteResponse prepared = OffsetResponses.of(request, topics);
        CompletableFuture<OffsetDeleteResponse> deleted = coordinator
                .runtime()
                .write(coordinator.partitionFor(groupId), shard -> shard.offsets()
                        .delete(groupId, prepared));
        return deleted.exceptionally(cause -> new OffsetDeleteResponse()
                .setErrorCode(
                        GroupErrors.ofCoordinator(StageFailure.error(cause)).code()));
    }

    /** Reads committed offsets of one group or, in newer versions, of several. */
    public CompletableFuture<OffsetFetchResponse> fetch(GroupCaller caller, OffsetFetchRequest request) {
        short version = caller.apiVersion();
        if (version < BATCHED_FETCH_VERSION) {
            return fetchGroup(request.groupId(), topicsOf(request), request.requireStable(), version)
                    .thenApply(group -> singleResponse(request, group, version));
        }
        List<CompletableFuture<OffsetFetchResponseGroup>> asked =
                new ArrayList<>(request.groups().size());
        for (OffsetFetchRequestGroup group : request.groups()) {
            asked.add(fetchGroup(group.groupId(), group.topics(), request.requireStable(), version));
        }
        return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    OffsetFetchResponse response = new OffsetFetchResponse();
                    asked.forEach(group -> response.groups().add(group.join()));
                    return response;
                });
    }

    private CompletableFuture<OffsetFetchResponseGroup> fetchGroup(
            String groupId, @Nullable List<OffsetFetchRequestTopics> asked, boolean requireStable, short version) {
        if (asked != null && version >= TOPIC_ID_FETCH_VERSION) {
            asked.forEach(topic -> topic.setName(Objects.requireNonNullElse(topics.nameOf(topic.topicId()), "")));
        }
        CompletableFuture<OffsetFetchResponseGroup> answer = coordinator
                .runtime()
                .queryCommitted(
                        coordinator.partitionFor(groupId),
                        shard -> asked == null
                                ? shard.offsetQueries().fetchAll(groupId, requireStable)
                                : shard.offsetQueries().fetch(groupId, asked, requireStable));
        return answer.thenApply(group -> asked == null && version >= TOPIC_ID_FETCH_VERSION ? nameById(group) : group)
                .exceptionally(cause -> new OffsetFetchResponseGroup()
                        .setGroupId(groupId)
                        .setErrorCode(GroupErrors.ofCoordinator(StageFailure.error(cause))
                                .code()));
    }

    /** Gives the topics their ids; those that are no more cannot be named in this version. */
    private OffsetFetchResponseGroup nameById(OffsetFetchResponseGroup group) {
        List<OffsetFetchResponseTopics> known = new ArrayList<>(group.topics().size());
        for (OffsetFetchResponseTopics topic : group.topics()) {
            UUID id = topics.idOf(topic.name());
            if (id != null) {
                known.add(topic.setTopicId(id));
            }
        }
        return group.setTopics(known);
    }

    private static @Nullable List<OffsetFetchRequestTopics> topicsOf(OffsetFetchRequest request) {
        if (request.topics() == null) {
            return null;
        }
        List<OffsetFetchRequestTopics> asked = new ArrayList<>(request.topics().size());
        request.topics()
                .forEach(topic -> asked.add(new OffsetFetchRequestTopics()
                        .setName(topic.name())
                        .setPartitionIndexes(topic.partitionIndexes())));
        return asked;
    }

    /** The answer to a request for one group; version 1 tells the group's error in every partition. */
    private static OffsetFetchResponse singleResponse(
            OffsetFetchRequest request, OffsetFetchResponseGroup group, short version) {
        OffsetFetchResponse response = new OffsetFetchResponse();
        if (version >= TOP_LEVEL_ERROR_VERSION) {
            response.setErrorCode(group.errorCode());
        } else if (group.errorCode() != ErrorCode.NONE.code()) {
            return failed(request, ErrorCode.forCode(group.errorCode()));
        }
        for (OffsetFetchResponseTopics topic : group.topics()) {
            OffsetFetchResponseTopic single = new OffsetFetchResponseTopic().setName(topic.name());
            for (OffsetFetchResponsePartitions partition : topic.partitions()) {
                single.partitions()
                        .add(new OffsetFetchResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setCommittedOffset(partition.committedOffset())
                                .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                                .setMetadata(partition.metadata())
                                .setErrorCode(partition.errorCode()));
            }
            response.topics().add(single);
        }
        return response;
    }

    /** The answer to a fetch that failed as a whole, with the error wherever some version has it. */
    public static OffsetFetchResponse failed(OffsetFetchRequest request, ErrorCode error) {
        OffsetFetchResponse response = new OffsetFetchResponse();
        if (!request.groups().isEmpty()) {
            request.groups().forEach(group -> response.groups()
                    .add(new OffsetFetchResponseGroup()
                            .setGroupId(group.groupId())
                            .setErrorCode(error.code())));
            return response;
        }
        if (request.topics() != null) {
            request.topics().forEach(topic -> response.topics().add(failed(topic, error)));
        }
        return response.setErrorCode(error.code());
    }

    private static OffsetFetchResponseTopic failed(OffsetFetchRequestTopic topic, ErrorCode error) {
        OffsetFetchResponseTopic answer = new OffsetFetchResponseTopic().setName(topic.name());
        topic.partitionIndexes().forEach(partition -> answer.partitions()
                .add(new OffsetFetchResponsePartition()
                        .setPartitionIndex(partition)
                        .setCommittedOffset(OffsetResponses.NO_OFFSET)
                        .setMetadata("")
                        .setErrorCode(error.code())));
        return answer;
    }

    /** The answer to a commit that failed as a whole. */
    public static OffsetCommitResponse failed(OffsetCommitRequest request, ErrorCode error) {
        OffsetCommitResponse response = new OffsetCommitResponse();
        request.topics().forEach(topic -> {
            OffsetCommitResponseTopic answer =
                    new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            topic.partitions().forEach(partition -> answer.partitions()
                    .add(new OffsetCommitResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(error.code())));
            response.topics().add(answer);
        });
        return response;
    }
}
