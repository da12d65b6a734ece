package io.ottla.broker.coordinator.group;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.protocol.message.OffsetCommitResponse;
import io.ottla.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.ottla.protocol.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import io.ottla.protocol.message.OffsetDeleteRequest;
import io.ottla.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.ottla.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.ottla.protocol.message.OffsetDeleteResponse;
import io.ottla.protocol.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import io.ottla.protocol.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Responses about offsets, partition by partition. */
final class OffsetResponses {
    static final long NO_OFFSET = -1;
    private static final short TOPIC_ID_COMMIT_VERSION = 10;

    private OffsetResponses() {}

    /**
     * The answer to a commit, topic by topic and partition by partition as in the request: with an error for those that
     * do not exist, and {@code NONE} for the rest. Topics that were named by id get their name.
     */
    static OffsetCommitResponse of(OffsetCommitRequest request, short version, TopicDirectory topics) {
        List<OffsetCommitResponseTopic> answers =
                new ArrayList<>(request.topics().size());
        for (OffsetCommitRequestTopic topic : request.topics()) {
            boolean byId = version >= TOPIC_ID_COMMIT_VERSION;
            String name = byId ? Objects.requireNonNullElse(topics.nameOf(topic.topicId()), "") : topic.name();
            List<OffsetCommitResponsePartition> partitions =
                    new ArrayList<>(topic.partitions().size());
            topic.partitions()
                    .forEach(partition -> partitions.add(new OffsetCommitResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(existence(name, partition.partitionIndex(), byId, topics)
                                    .code())));
            answers.add(new OffsetCommitResponseTopic()
                    .setName(name)
                    .setTopicId(topic.topicId())
                    .setPartitions(partitions));
        }
        return new OffsetCommitResponse().setTopics(answers);
    }

    /** NONE if the partition exists; else what is told of one that was named, or identified, like this. */
    static ErrorCode existence(String topic, int partition, boolean byId, TopicDirectory topics) {
        if (byId && topic.isEmpty()) {
            return ErrorCode.UNKNOWN_TOPIC_ID;
        }
        return topics.has(topic, partition) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    /** As {@link #of(OffsetCommitRequest, short, TopicDirectory)}, for a deletion. */
    static OffsetDeleteResponse of(OffsetDeleteRequest request, TopicDirectory topics) {
        OffsetDeleteResponse response = new OffsetDeleteResponse();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            OffsetDeleteResponseTopic answer = new OffsetDeleteResponseTopic().setName(topic.name());
            for (OffsetDeleteRequestPartition partition : topic.partitions()) {
                answer.partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(existence(topic.name(), partition.partitionIndex(), false, topics)
                                        .code()));
            }
            response.topics().add(answer);
        }
        return response;
    }

    /** Gives {@code error} to all partitions that have none yet. */
    static void failRest(OffsetCommitResponse response, ErrorCode error) {
        for (OffsetCommitResponseTopic topic : response.topics()) {
            for (OffsetCommitResponsePartition partition : topic.partitions()) {
                if (partition.errorCode() == ErrorCode.NONE.code()) {
                    partition.setErrorCode(error.code());
                }
            }
        }
    }

    static OffsetFetchResponsePartitions noOffset(int partition, ErrorCode error) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(NO_OFFSET)
                .setMetadata("")
                .setErrorCode(error.code());
    }
}
