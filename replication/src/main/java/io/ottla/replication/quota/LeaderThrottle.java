package io.ottla.replication.quota;

import io.ottla.replication.partition.LeaderRole;
import io.ottla.storage.log.PartitionLog;

/**
 * How fast this broker serves followers, {@code leader.replication.throttled.rate} and {@code
 * leader.replication.throttled.replicas}. Only followers that are not in sync are held back; what those in sync fetch of a
 * throttled partition counts all the same. Any thread.
 */
public final class LeaderThrottle {

    private final ReplicationThrottle rate;
    private final int brokerId;

    /** The throttle of the broker with this id, whose entry in the list of replicas says which partitions are meant. */
    public LeaderThrottle(ReplicationThrottle rate, int brokerId) {
        this.rate = rate;
        this.brokerId = brokerId;
    }

    /** Whether that follower gets no records of the partition for now. */
    public boolean holdsBack(LeaderRole leader, int followerId) {
        return isThrottled(leader.log()) && !leader.isr().committed().contains(followerId) && rate.isExceeded();
    }

    /** Records have been served to a follower. */
    public void onServed(PartitionLog log, int sizeBytes) {
        if (isThrottled(log)) {
            rate.record(sizeBytes);
        }
    }

    private boolean isThrottled(PartitionLog log) {
        return log.config()
                .replicas()
                .leaderThrottled()
                .contains(log.partition().partition(), brokerId);
    }
}
