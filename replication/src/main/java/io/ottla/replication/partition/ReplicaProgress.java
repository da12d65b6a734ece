package io.ottla.replication.partition;

/** How far a replica on another broker has got, as its leader knows. Confined to the partition's home loop. */
final class ReplicaProgress {

    /** The follower has not fetched in this epoch yet; it holds the high watermark where it is. */
    static final long UNKNOWN_OFFSET = -1;

    private final int brokerId;
    private long logEndOffset = UNKNOWN_OFFSET;

    ReplicaProgress(int brokerId) {
        this.brokerId = brokerId;
    }

    int brokerId() {
        return brokerId;
    }

    long logEndOffset() {
        return logEndOffset;
    }

    void onFetch(long fetchOffset) {
        logEndOffset = fetchOffset;
    }
}
