package io.ottla.replication.partition;

/**
 * One follower's line of fetches, which shows that it is alive also for partitions of which nothing is said because nothing
 * has changed. Written by the loop of the follower's connection, read by any.
 */
public final class FollowerSession {

    private volatile long lastFetchNs;

    /** A fetch has come. */
    public void touch(long nowNs) {
        lastFetchNs = nowNs;
    }

    long lastFetchNs() {
        return lastFetchNs;
    }
}
