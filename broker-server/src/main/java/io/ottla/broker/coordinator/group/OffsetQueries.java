package io.ottla.broker.coordinator.group;

import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** OffsetFetch of one group. Confined to the shard's loop. */
final class OffsetQueries {
    private final GroupStore groups;

    OffsetQueries(GroupStore groups) {
        this.groups = groups;
    }

    /**
     * Offsets of the partitions asked for by topic name; a topic without a name is one whose id is unknown.
     *
     * @param requireStable whether to say UNSTABLE_OFFSET_COMMIT where a transaction may yet change the offset (KIP-447)
     */
    OffsetFetchResponseGroup fetch(String groupId, List<OffsetFetchRequestTopics> topics, boolean requireStable) {
        List<OffsetFetchResponseTopics> answers = new ArrayList<>(topics.size());
        for (OffsetFetchRequestTopics topic : topics) {
            List<OffsetFetchResponsePartitions> partitions =
                    new ArrayList<>(topic.partitionIndexes().size());
            for (int partition : topic.partitionIndexes()) {
                partitions.add(
                        topic.name().isEmpty()
                                ? OffsetResponses.noOffset(partition, ErrorCode.UNKNOWN_TOPIC_ID)
                                : answer(groupId, new TopicPartition(topic.name(), partition), requireStable));
            }
            answers.add(new OffsetFetchResponseTopics()
                    .setName(topic.name())
                    .setTopicId(topic.topicId())
                    .setPartitions(partitions));
        }
        return new OffsetFetchResponseGroup().setGroupId(groupId).setTopics(answers);
    }

    /** All offsets of the group, by topic name and partition. */
    OffsetFetchResponseGroup fetchAll(String groupId, boolean requireStable) {
        List<OffsetFetchResponseTopics> answers = new ArrayList<>();
        OffsetFetchResponseTopics topic = null;
        for (Map.Entry<TopicPartition, CommittedOffset> entry :
                groups.offsets().sorted(groupId).entrySet()) {
            TopicPartition partition = entry.getKey();
            if (topic == null || !topic.name().equals(partition.topic())) {
                topic = new OffsetFetchResponseTopics().setName(partition.topic());
                answers.add(topic);
            }
            topic.partitions().add(answer(groupId, partition, requireStable));
        }
        return new OffsetFetchResponseGroup().setGroupId(groupId).setTopics(answers);
    }

    private OffsetFetchResponsePartitions answer(String groupId, TopicPartition key, boolean requireStable) {
        int partition = key.partition();
        if (requireStable && groups.pending().has(groupId, key)) {
            return OffsetResponses.noOffset(partition, ErrorCode.UNSTABLE_OFFSET_COMMIT);
        }
        CommittedOffset committed = groups.offsets().get(groupId, key);
        if (committed == null) {
            return OffsetResponses.noOffset(partition, ErrorCode.NONE);
        }
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(committed.offset())
                .setCommittedLeaderEpoch(committed.leaderEpoch())
                .setMetadata(committed.metadata());
    }
}
