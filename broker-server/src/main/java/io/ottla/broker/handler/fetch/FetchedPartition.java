package io.ottla.broker.handler.fetch;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest.FetchPartition;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import io.ottla.storage.log.LogPosition;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A partition of a fetch: what the client wants of it, what was read for the present request, what the client was told
 * last, and how the session hears of what happens to it. Confined to the request that holds its session.
 */
final class FetchedPartition {

    private static final long NEVER_SENT = -1;

    final String topic;
    final UUID topicId;
    final int index;

    int currentLeaderEpoch;
    long fetchOffset;
    int lastFetchedEpoch;
    long logStartOffset;
    int maxBytes;

    /** The partition here that this entry meant when it was last looked up; null where it is not hosted. */
    @Nullable
    Partition hosted;

    final PartitionRead read = new PartitionRead();

    /** Where the client goes on if it has taken what it was sent; null if that is not known. */
    @Nullable
    LogPosition next;

    /** Whether the present request names the partition. */
    boolean isNamed;

    /** The leadership that knows the follower's present position; null before any does. */
    @Nullable
    LeaderRole reportedTo;

    /** Whether the session looks at it for the present request. */
    boolean isActive;

    /** Whether the session does not have it any more. */
    boolean isForgotten;

    /** Whether it is among the session's {@link ChangedPartitions}, which guard this. */
    boolean isChanged;

    private long sentHighWatermark = NEVER_SENT;
    private long sentLogStartOffset = NEVER_SENT;

    private @Nullable Partition watched;
    private @Nullable PartitionWatch records;
    private @Nullable PartitionWatch news;

    FetchedPartition(String topic, UUID topicId, int index) {
        this.topic = topic;
        this.topicId = topicId;
        this.index = index;
    }

    /** Takes over what the client asks now. */
    void request(FetchPartition wanted) {
        isNamed = true;
        logStartOffset = wanted.logStartOffset();
        currentLeaderEpoch = wanted.currentLeaderEpoch();
        fetchOffset = wanted.fetchOffset();
        lastFetchedEpoch = wanted.lastFetchedEpoch();
        maxBytes = wanted.partitionMaxBytes();
    }

    /** Whether an incremental response has to name this partition, given what has been read. */
    boolean hasNews() {
        return read.sizeBytes() > 0
                || read.error != ErrorCode.NONE
                || read.isDiverging()
                || read.isElsewhere()
                || read.highWatermark != sentHighWatermark
                || read.logStartOffset != sentLogStartOffset;
    }

    /** Remembers what the response tells. After an error everything is told anew. */
    void markSent() {
        boolean whole = read.error == ErrorCode.NONE && !read.isDiverging();
        sentHighWatermark = whole ? read.highWatermark : NEVER_SENT;
        sentLogStartOffset = read.logStartOffset;
    }

    /** Lets the next response name the partition whether or not there is news. */
    void forgetSent() {
        sentHighWatermark = NEVER_SENT;
    }

    /**
     * Whether there is no reason to look at the partition again until something happens to it, given that it was watched
     * before it was read: the client has all that it may read, and has been told all that there is to tell.
     */
    boolean isSettled() {
        return read.error == ErrorCode.NONE
                && !read.isDiverging()
                && !read.isElsewhere()
                && fetchOffset >= read.boundOffset
                && !hasNews();
    }

    /**
     * Lets the session hear of what next happens to {@code partition}, if it does not already. Has to come before the look at the
     * partition, so that nothing happens unnoticed between the two.
     */
    @SuppressWarnings("ReferenceEquality") // A partition that is created anew is another one.
    void watch(FetchSession session, Partition partition) {
        if (watched != partition) {
            unwatch();
            watched = partition;
            boolean ofFollower = session.ofFollower();
            records = new PartitionWatch(
                    session, this, ofFollower ? partition.logEndWaits() : partition.committedWaits(), true);
            // Followers take what is not committed, but have to hear what is.
            news = ofFollower ? new PartitionWatch(session, this, partition.committedWaits(), false) : null;
        }
        if (records != null) {
            records.begin();
        }
        if (news != null) {
            news.begin();
        }
    }

    /** Undoes {@link #watch}. */
    void unwatch() {
        if (records != null) {
            records.end();
        }
        if (news != null) {
            news.end();
        }
        watched = null;
        records = null;
        news = null;
    }
}
