package io.ottla.controller.znode;

import io.ottla.protocol.api.TopicPartition;
import java.util.List;

/**
 * {@code /brokers/topics/<topic>/partitions/<partition>/state}: who leads a partition and who is in sync.
 *
 * @param leader broker id, {@link #NO_LEADER} if none
 * @param leaderEpoch raised with every change of the leader or, by the controller, of the ISR
 * @param isr broker ids in sync, in the order of the assignment
 * @param recoveryState 0 recovered, 1 recovering from an unclean election (KIP-704)
 * @param controllerEpoch of the controller that decided this
 */
public record PartitionStateNode(
        int leader, int leaderEpoch, List<Integer> isr, byte recoveryState, int controllerEpoch) {

    /** No replica can lead. */
    public static final int NO_LEADER = -1;

    /** Sent to brokers, never stored: the topic is being deleted. */
    public static final int LEADER_DURING_DELETE = -2;

    /** Sent with StopReplica of a deletion: it beats every leader epoch. */
    public static final int EPOCH_DURING_DELETE = -2;

    private static final byte RECOVERED = 0;

    /** Copies the ISR. */
    public PartitionStateNode {
        isr = List.copyOf(isr);
    }

    /** Parent of the nodes of all partitions of a topic. */
    public static String partitionsPath(String topic) {
        return TopicNode.path(topic) + "/partitions";
    }

    /** Parent of a partition's state. */
    public static String partitionPath(TopicPartition partition) {
        return partitionsPath(partition.topic()) + "/" + partition.partition();
    }

    /** Where a partition's state is kept. */
    public static String path(TopicPartition partition) {
        return partitionPath(partition) + "/state";
    }

    /** The contents of the znode. */
    public byte[] encode() {
        return JsonNode.write(json -> {
            json.writeNumberField("controller_epoch", controllerEpoch);
            json.writeNumberField("leader", leader);
            json.writeNumberField("version", 1);
            if (recoveryState != RECOVERED) {
                json.writeNumberField("leader_recovery_state", recoveryState);
            }
            json.writeNumberField("leader_epoch", leaderEpoch);
            JsonNode.writeInts(json, "isr", isr);
        });
    }

    /** The state in the znode. */
    public static PartitionStateNode decode(TopicPartition partition, byte[] data) {
        JsonNode json = JsonNode.parse(path(partition), data);
        return new PartitionStateNode(
                json.integer("leader"),
                json.integer("leader_epoch"),
                json.integers("isr"),
                (byte) json.integer("leader_recovery_state", RECOVERED),
                json.integer("controller_epoch"));
    }
}
