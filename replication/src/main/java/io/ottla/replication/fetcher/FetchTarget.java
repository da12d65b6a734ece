package io.ottla.replication.fetcher;

import io.ottla.protocol.message.FetchRequest.FetchPartition;
import io.ottla.replication.partition.FollowerRole;
import io.ottla.replication.partition.Partition;
import io.ottla.storage.log.LogView;

/**
 * A partition that a fetcher copies in one leader epoch: where it stands, and what the leader knows of that. Confined to
 * the fetcher's loop.
 */
final class FetchTarget {

    /** The leader has not been told where this replica stands. */
    private static final long NOT_SENT = Long.MAX_VALUE;

    final Partition partition;
    final FollowerRole role;

    private long fetchOffset;
    private int lastFetchedEpoch;
    private long logStartOffset;
    private long sentInRequest = NOT_SENT;
    private int failures;

    /** Whether the leader's session has the partition. */
    boolean inSession;

    /** Whether it is left out of requests for now. */
    boolean paused;

    /** Whether the log had all that was committed when something was last fetched. */
    boolean caughtUp;

    /** Whether something fetched is on its way to the log. */
    boolean delivering;

    FetchTarget(Partition partition, FollowerRole role) {
        this.partition = partition;
        this.role = role;
        readPosition();
    }

    private void readPosition() {
        LogView view = role.log().view();
        fetchOffset = view.logEndOffset();
        lastFetchedEpoch = view.leaderEpochs().latestEpoch();
        logStartOffset = view.logStartOffset();
    }

    /** The log may have changed: what is told next is where it stands now. Says whether that is somewhere else. */
    boolean move() {
        long offsetBefore = fetchOffset;
        int epochBefore = lastFetchedEpoch;
        long startBefore = logStartOffset;
        readPosition();
        return fetchOffset != offsetBefore || lastFetchedEpoch != epochBefore || logStartOffset != startBefore;
    }

    /** The leader does not know, or not for certain, where this replica stands. */
    void forgetSent() {
        sentInRequest = NOT_SENT;
    }

    /** Whether the answer to the request of that number is about the present position. */
    boolean isAnsweredBy(long requestNumber) {
        return !delivering && !paused && isSentBy(requestNumber);
    }

    /** Whether the present position was told in the request of that number or before. */
    boolean isSentBy(long requestNumber) {
        return sentInRequest <= requestNumber;
    }

    /** What the request of that number says about the partition. */
    FetchPartition describe(long requestNumber, int maxBytes) {
        sentInRequest = requestNumber;
        inSession = true;
        return new FetchPartition()
                .setPartition(partition.name().partition())
                .setCurrentLeaderEpoch(role.leaderEpoch())
                .setFetchOffset(fetchOffset)
                .setLastFetchedEpoch(lastFetchedEpoch)
                .setLogStartOffset(logStartOffset)
                .setPartitionMaxBytes(maxBytes);
    }

    /** Counts a failure; the number of those in a row. */
    int onFailure() {
        failures++;
        return failures;
    }

    void onSuccess() {
        failures = 0;
    }
}
