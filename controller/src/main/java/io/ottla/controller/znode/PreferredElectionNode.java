package io.ottla.controller.znode;

import io.ottla.protocol.api.TopicPartition;
import java.util.Collection;
import java.util.List;

/** {@code /admin/preferred_replica_election}: partitions that are to be led by their preferred replicas, once. */
public final class PreferredElectionNode {

    /** Where tools of old ask for it. */
    public static final String PATH = "/admin/preferred_replica_election";

    private PreferredElectionNode() {}

    /** The contents of the znode. */
    public static byte[] encode(Collection<TopicPartition> partitions) {
        return PartitionList.encode(partitions);
    }

    /** The partitions in the znode. */
    public static List<TopicPartition> decode(byte[] data) {
        return PartitionList.decode(PATH, data);
    }
}
