package io.ottla.replication.partition;

/**
 * One follower's line of fetches, which shows that it is alive also for partitions of which nothing is said because nothing
 * has changed. Written by the loop of the follower's connection, read by any.
 */
public final class FollowerSession {

    private volatile long lastFetchNs;
    /** Of the follower's registration, as its last fetch has said; -1 if it does not tell. */
    private long brokerEpoch = ReplicaProgress.UNKNOWN_EPOCH;

    /**
     * A fetch has come.
     *
     * @param fetchEpoch the broker epoch that it tells, -1 without one
     * @return whether it is another one than before, so that all that was said of the follower's replicas is to be said anew
     */
    public boolean touch(long fetchEpoch, long nowNs) {
        boolean another = fetchEpoch != brokerEpoch;
        brokerEpoch = fetchEpoch;
        lastFetchNs = nowNs;
        return another;
    }

    long lastFetchNs() {
        return lastFetchNs;
    }
}
