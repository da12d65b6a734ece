package io.ottla.replication.partition;

import io.ottla.protocol.api.TopicPartition;

/**
 * Learns which partitions this broker leads. Called on the partition's home loop, after the role has changed; must not
 * block.
 */
public interface LeadershipListener {

    /** This broker leads the partition in that epoch, anew or again. Nothing can have been appended in it yet. */
    void onLeader(TopicPartition partition, int leaderEpoch);

    /**
     * This broker does not lead the partition any more.
     *
     * @param leaderEpoch the epoch of the order that ended it, or of the leadership itself where there was no newer one
     */
    void onResign(TopicPartition partition, int leaderEpoch);
}
