package io.ottla.broker.handler.fetch;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.FetchRequest.FetchPartition;
import io.ottla.replication.delayed.WaitList;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.Partition;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A partition of a fetch: what the client wants of it, what was read for the present request, what the client was told
 * last, and the place in the list of those who wait for the partition. Confined to the request that holds its session; only
 * {@link #onEvent} comes from the partition's home loop.
 */
final class FetchedPartition extends WaitList.Wait {

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

    /** Whether the present request names the partition. */
    boolean isNamed;

    /** The leadership that knows the follower's present position; null before any does. */
    @Nullable
    LeaderRole reportedTo;

    private long sentHighWatermark = NEVER_SENT;
    private long sentLogStartOffset = NEVER_SENT;

    private volatile @Nullable FetchCall waiter;
    private @Nullable WaitList waitsIn;

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

    /** Lets {@code call} hear of what happens to the partition, in the list for what it waits for. */
    void park(FetchCall call, WaitList list) {
        waiter = call;
        waitsIn = list;
        list.add(this);
    }

    /** Undoes {@link #park}, if it was called. */
    void unpark() {
        WaitList list = waitsIn;
        if (list != null) {
            list.remove(this);
            waitsIn = null;
            waiter = null;
        }
    }

    @Override
    protected void onEvent(int bytes) {
        FetchCall call = waiter;
        if (call != null) {
            call.onReadable(bytes);
        }
    }
}
