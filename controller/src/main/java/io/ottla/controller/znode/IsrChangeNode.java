package io.ottla.controller.znode;

import io.ottla.protocol.api.TopicPartition;
import java.util.List;

/** {@code /isr_change_notification/isr_change_<seq>}: partitions whose leader has changed the ISR by itself. */
public final class IsrChangeNode {

    /** Parent of the notifications. */
    public static final String PARENT = "/isr_change_notification";

    private IsrChangeNode() {}

    /** What to create a sequential node as. */
    public static String sequencePath() {
        return PARENT + "/isr_change_";
    }

    /** The contents of the znode. */
    public static byte[] encode(List<TopicPartition> partitions) {
        return PartitionList.encode(partitions);
    }

    /** The partitions in the znode. */
    public static List<TopicPartition> decode(String name, byte[] data) {
        return PartitionList.decode(PARENT + "/" + name, data);
    }
}
