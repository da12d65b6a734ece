package io.ottla.controller.state;

import io.ottla.controller.znode.TopicNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the controller knows of one topic. Confined to the controller's executor. */
public final class TopicState {

    private final String name;
    private final UUID id;
    private final SortedMap<Integer, PartitionState> partitions = new TreeMap<>();
    private boolean deleting;

    TopicState(String name, UUID id) {
        this.name = name;
        this.id = id;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Its id. */
    public UUID id() {
        return id;
    }

    /** Partitions by number. */
    public Collection<PartitionState> partitions() {
        return partitions.values();
    }

    /** The partition of this number. */
    public @Nullable PartitionState partition(int number) {
        return partitions.get(number);
    }

    /** Adds a partition that exists in ZooKeeper. */
    public PartitionState addPartition(int number, ReplicaAssignment assignment) {
        PartitionState added = new PartitionState(new TopicPartition(name, number), id, assignment);
        partitions.put(number, added);
        return added;
    }

    /** Whether its deletion was asked for; nothing is done for such a topic but to delete it. */
    public boolean isDeleting() {
        return deleting;
    }

    /** Its deletion has been asked for. */
    public void beginDeletion() {
        deleting = true;
    }

    /** What its znode holds. */
    public TopicNode toNode() {
        TreeMap<Integer, ReplicaAssignment> assignments = new TreeMap<>();
        partitions.forEach((number, partition) -> assignments.put(number, partition.assignment()));
        return new TopicNode(id, assignments);
    }
}
