package io.ottla.replication.quota;

import io.ottla.storage.log.PartitionLog;

/**
 * How fast this broker copies from leaders, {@code follower.replication.throttled.rate} and {@code
 * follower.replication.throttled.replicas}. Only replicas that lag behind are held back. Any thread.
 */
public final class FollowerThrottle {

    /** The rate may be changed, or taken away, while somebody waits. */
    private static final long MAX_DELAY_MS = 500;

    private final ReplicationThrottle rate;
    private final int brokerId;

    /** The throttle of the broker with this id, whose entry in the list of replicas says which partitions are meant. */
    public FollowerThrottle(ReplicationThrottle rate, int brokerId) {
        this.rate = rate;
        this.brokerId = brokerId;
    }

    /** Whether the log is not to be fetched for now. */
    public boolean holdsBack(PartitionLog log, boolean caughtUp) {
        return !caughtUp && isThrottled(log) && rate.isExceeded();
    }

    /** When to ask again whether something is still held back. */
    public long delayMs() {
        return Math.min(Math.max(1, rate.delayMs()), MAX_DELAY_MS);
    }

    /** Records have been copied. */
    public void onCopied(PartitionLog log, int sizeBytes) {
        if (isThrottled(log)) {
            rate.record(sizeBytes);
        }
    }

    private boolean isThrottled(PartitionLog log) {
        return log.config()
                .replicas()
                .followerThrottled()
                .contains(log.partition().partition(), brokerId);
    }
}
