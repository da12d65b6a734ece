package io.ottla.replication.metadata;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A topic and the partitions of it that the controller announced.
 *
 * @param id the zero id where the controller knows none
 * @param partitions sorted by partition index; usually dense, but an update may have announced some only
 */
public record TopicImage(String name, UUID id, List<PartitionImage> partitions) {

    public TopicImage {
        partitions = List.copyOf(partitions);
    }

    /** The partition of that index, or null. */
    public @Nullable PartitionImage partition(int index) {
        if (index >= 0 && index < partitions.size() && partitions.get(index).partition() == index) {
            return partitions.get(index);
        }
        for (PartitionImage partition : partitions) {
            if (partition.partition() == index) {
                return partition;
            }
        }
        return null;
    }

    public boolean isInternal() {
        return InternalTopics.contains(name);
    }

    /** Whether every announced partition has a leader, that is, whether clients can work with the topic. */
    public boolean isLed() {
        return partitions.stream().allMatch(PartitionImage::hasLeader);
    }

    TopicImage withPartitions(Collection<PartitionImage> sorted) {
        return new TopicImage(name, id, List.copyOf(sorted));
    }
}
