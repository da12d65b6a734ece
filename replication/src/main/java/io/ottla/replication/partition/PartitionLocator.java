package io.ottla.replication.partition;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.replication.metadata.MetadataCache;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.metadata.TopicImage;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds the partition that a request means, or the error that says why it cannot be served here. Any thread. */
public final class PartitionLocator {

    private final PartitionSet partitions;
    private final MetadataCache metadata;

    public PartitionLocator(PartitionSet partitions, MetadataCache metadata) {
        this.partitions = partitions;
        this.metadata = metadata;
    }

    /** The hosted partition, or null, for which {@link #whyMissing(String, int)} has the reason. */
    public @Nullable Partition find(String topic, int partition) {
        return partitions.get(topic, partition);
    }

    /** The hosted partition, or null, for which {@link #whyMissing(UUID, int)} has the reason. */
    public @Nullable Partition find(UUID topicId, int partition) {
        return partitions.get(topicId, partition);
    }

    /** NOT_LEADER_OR_FOLLOWER if the partition exists elsewhere, else UNKNOWN_TOPIC_OR_PARTITION. */
    public ErrorCode whyMissing(String topic, int partition) {
        return metadata.image().partition(topic, partition) == null
                ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                : ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }

    /**
     * UNKNOWN_TOPIC_ID if nobody knows the id, INCONSISTENT_TOPIC_ID if this broker hosts the partition under another id;
     * else as for a name.
     */
    public ErrorCode whyMissing(UUID topicId, int partition) {
        TopicImage topic = metadata.image().topic(topicId);
        if (topic == null) {
            return ErrorCode.UNKNOWN_TOPIC_ID;
        }
        if (partitions.get(topic.name(), partition) != null) {
            return ErrorCode.INCONSISTENT_TOPIC_ID;
        }
        return topic.partition(partition) == null
                ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                : ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }

    /** The name of the topic of that id, or null. */
    public @Nullable String topicName(UUID topicId) {
        TopicImage topic = metadata.image().topic(topicId);
        return topic == null ? null : topic.name();
    }

    /** The cluster as of now, to point clients at other leaders. */
    public MetadataImage image() {
        return metadata.image();
    }
}
