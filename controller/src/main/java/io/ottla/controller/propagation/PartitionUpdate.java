package io.ottla.controller.propagation;

import io.ottla.controller.znode.PartitionStateNode;
import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import io.ottla.protocol.api.TopicPartition;
import java.util.UUID;

/**
 * What brokers are told of one partition.
 *
 * @param partition its topic's name and its number
 * @param topicId id of its topic
 * @param assignment its replicas
 * @param state leader, epoch and ISR
 * @param stateVersion version of the state's znode, the partition epoch of AlterPartition
 */
public record PartitionUpdate(
        TopicPartition partition,
        UUID topicId,
        ReplicaAssignment assignment,
        PartitionStateNode state,
        int stateVersion) {}
