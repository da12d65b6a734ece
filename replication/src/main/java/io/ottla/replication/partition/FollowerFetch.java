package io.ottla.replication.partition;

/**
 * What a follower's fetch says about its replica of one partition: everything before {@code fetchOffset} is in its log.
 *
 * @param brokerEpoch of the follower's registration, -1 if it does not tell (KIP-903)
 * @param logStartOffset of the follower's log
 */
public record FollowerFetch(
        int brokerId, long brokerEpoch, long fetchOffset, long logStartOffset, FollowerSession session) {}
