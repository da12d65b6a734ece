package io.ottla.replication.partition;

import org.jspecify.annotations.Nullable;

/**
 * How far a replica on another broker has got, as its leader knows. Confined to the partition's home loop, except for the
 * offsets, which any thread may read.
 */
public final class ReplicaProgress {

    /** The follower has not fetched in this leadership yet; it holds the high watermark where it is. */
    static final long UNKNOWN_OFFSET = -1;

    static final long UNKNOWN_EPOCH = -1;

    private final int brokerId;
    private volatile long logEndOffset = UNKNOWN_OFFSET;
    private volatile long logStartOffset = UNKNOWN_OFFSET;
    private long brokerEpoch = UNKNOWN_EPOCH;

    /** When the follower last had everything; meaningless while {@link #everCaughtUp} is false. */
    private long caughtUpNs;

    private boolean everCaughtUp;

    /** Where the leader's log ended when the follower last fetched, and when that was. */
    private long endAtLastFetch = UNKNOWN_OFFSET;

    private long lastFetchNs;
    private @Nullable FollowerSession session;

    ReplicaProgress(int brokerId) {
        this.brokerId = brokerId;
    }

    /** In-sync replicas get the benefit of the doubt when a leadership begins. */
    void assumeCaughtUp(long nowNs) {
        caughtUpNs = nowNs;
        everCaughtUp = true;
    }

    /** The same leader goes on in another epoch: what it knows stays, but not who is near enough to be waited for. */
    void continueFrom(ReplicaProgress before) {
        logEndOffset = before.logEndOffset;
        logStartOffset = before.logStartOffset;
        brokerEpoch = before.brokerEpoch;
        session = before.session;
    }

    public int brokerId() {
        return brokerId;
    }

    /** Up to where, exclusive, the follower has the log; -1 if it has not fetched yet. */
    public long logEndOffset() {
        return logEndOffset;
    }

    /** Where the follower's log starts; -1 if it has not fetched yet. */
    public long logStartOffset() {
        return logStartOffset;
    }

    /** The broker epoch in which the follower last fetched, or -1. */
    long brokerEpoch() {
        return brokerEpoch;
    }

    /** Whether the fetch was sent before the follower's broker was started last. */
    boolean isOutdated(FollowerFetch fetch) {
        return fetch.brokerEpoch() != UNKNOWN_EPOCH && fetch.brokerEpoch() < brokerEpoch;
    }

    void onFetch(FollowerFetch fetch, long leaderEndOffset, long nowNs) {
        if (fetch.fetchOffset() >= leaderEndOffset) {
            assumeCaughtUp(nowNs);
        } else if (endAtLastFetch != UNKNOWN_OFFSET && fetch.fetchOffset() >= endAtLastFetch) {
            // It has all that there was when it fetched last, though more has come since.
            caughtUpNs = everCaughtUp ? Math.max(caughtUpNs, lastFetchNs) : lastFetchNs;
            everCaughtUp = true;
        }
        logEndOffset = fetch.fetchOffset();
        logStartOffset = fetch.logStartOffset();
        brokerEpoch = fetch.brokerEpoch();
        session = fetch.session();
        endAtLastFetch = leaderEndOffset;
        lastFetchNs = nowNs;
    }

    /** The leader is about to append behind {@code endOffset}: up to its last fetch, a follower at the end had everything. */
    void onAppend(long endOffset) {
        if (session != null && logEndOffset >= endOffset) {
            caughtUpNs = everCaughtUp ? Math.max(caughtUpNs, session.lastFetchNs()) : session.lastFetchNs();
            everCaughtUp = true;
        }
    }

    /** The follower has turned out to have lost records: it has never been caught up. */
    void forgetCaughtUp() {
        everCaughtUp = false;
    }

    /** Whether the follower's line of fetches has shown life in the last {@code periodNs}. */
    boolean hasFetchedWithin(long nowNs, long periodNs) {
        return session != null && nowNs - session.lastFetchNs() <= periodNs;
    }

    /** Whether the follower has everything, or had it at some moment of the last {@code lagMaxNs}. */
    boolean isCaughtUp(long leaderEndOffset, long nowNs, long lagMaxNs) {
        return logEndOffset >= leaderEndOffset || (everCaughtUp && nowNs - caughtUpNs <= lagMaxNs);
    }
}
