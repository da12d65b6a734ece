package io.ottla.broker.handler.fetch;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchRequest.FetchPartition;
import io.ottla.protocol.message.FetchRequest.FetchTopic;
import io.ottla.protocol.message.FetchRequest.ForgottenTopic;
import io.ottla.replication.partition.FollowerSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a fetch. With an id it is a session of KIP-227 that later requests of the client refer to; with
 * {@link #NO_ID} it lives for one request.
 *
 * <p>A request looks only at the partitions that are <em>active</em>: those that it names, those to which something has happened
 * since, and those of which something was left. Of the others the session knows that there is nothing to read and nothing to
 * tell, so that a fetch of a thousand partitions costs as much as there are with news.
 *
 * <p>The epoch is guarded by the session's monitor; everything else is confined to the request that has acquired it, but for
 * what says otherwise.
 */
final class FetchSession {

    static final int NO_ID = 0;
    static final int INITIAL_EPOCH = 0;
    static final int FINAL_EPOCH = -1;

    /** How often everything is looked at: some changes, as of a log's start by retention, are signalled to nobody. */
    static final long FULL_LOOK_NS = 500_000_000L;

    private final boolean usesTopicIds;
    private final @Nullable FollowerSession follower;
    private final Map<PartitionKey, FetchedPartition> partitions = new LinkedHashMap<>();
    private final ChangedPartitions changed = new ChangedPartitions();

    /** In the order of service. */
    private List<FetchedPartition> active = new ArrayList<>();

    /** Meaningless while {@link #hasLooked} is false. */
    private long lastFullLookNs;

    private boolean hasLooked;

    private volatile int id = NO_ID;
    private volatile long lastUsedNs;
    private int nextEpoch = nextEpoch(INITIAL_EPOCH);
    private boolean inUse = true;
    private boolean closed;
    private volatile int size;
    private volatile @Nullable FetchCall waiting;

    /** Topic by id where the session uses ids, else by name; the other part is the same for all. */
    private record PartitionKey(Object topic, int index) {}

    /** A session of everything that {@code request} names, acquired by it. */
    FetchSession(FetchRequest request, boolean usesTopicIds, boolean ofFollower) {
        this.usesTopicIds = usesTopicIds;
        this.follower = ofFollower ? new FollowerSession() : null;
        request(request.topics());
    }

    int id() {
        return id;
    }

    void setId(int id) {
        this.id = id;
    }

    /** When a request last acquired it; any thread. */
    long lastUsedNs() {
        return lastUsedNs;
    }

    void touch(long nowNs) {
        lastUsedNs = nowNs;
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    /** Followers may displace consumers from the table of sessions, never the other way round. */
    boolean ofFollower() {
        return follower != null;
    }

    /** The follower's sign of life, or null for a consumer's session. */
    @Nullable
    FollowerSession follower() {
        return follower;
    }

    /** The call that waits with this session; null if none does. */
    void setWaiting(@Nullable FetchCall call) {
        waiting = call;
    }

    /**
     * The client has sent another request without awaiting the answer to the one before, whose wait ends by that: something
     * has changed for the client. Its epoch tells that it is not a request that went astray.
     */
    void endWait(int epoch, EventExecutor loop) {
        FetchCall call = waiting;
        if (call != null && isNext(epoch)) {
            var unused = call.endWait(loop);
        }
    }

    private synchronized boolean isNext(int epoch) {
        return inUse && epoch == nextEpoch;
    }

    /** How many partitions; any thread. */
    int size() {
        return size;
    }

    /**
     * Gives the session to the request of that epoch. False if another epoch is due, or if the request before has not been
     * answered yet: then the client has lost track and starts anew.
     */
    synchronized boolean acquire(int epoch) {
        if (inUse || epoch != nextEpoch) {
            return false;
        }
        inUse = true;
        nextEpoch = nextEpoch(epoch);
        return true;
    }

    /** The request is answered. */
    void release() {
        synchronized (this) {
            if (!closed && id != NO_ID) {
                inUse = false;
                return;
            }
        }
        unwatch(); // Nobody can acquire it any more.
    }

    /** Nobody finds the session any more. It lets go of its partitions, after the request that holds it. Any thread. */
    void close() {
        synchronized (this) {
            closed = true;
            if (inUse) {
                return;
            }
            inUse = true;
        }
        unwatch();
    }

    private void unwatch() {
        partitions.values().forEach(FetchedPartition::unwatch);
    }

    /** Adds and changes partitions as an incremental request asks, then removes those it forgets. */
    void update(FetchRequest request) {
        request(request.topics());
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            Object name = usesTopicIds ? topic.topicId() : topic.topic();
            for (int index : topic.partitions()) {
                forget(new PartitionKey(name, index));
            }
        }
        size = partitions.size();
    }

    private void forget(PartitionKey key) {
        FetchedPartition forgotten = partitions.remove(key);
        if (forgotten != null) {
            forgotten.unwatch();
            forgotten.isForgotten = true;
            if (forgotten.isActive) {
                active.remove(forgotten);
            }
        }
    }

    private void request(List<FetchTopic> topics) {
        for (FetchTopic topic : topics) {
            Object name = usesTopicIds ? topic.topicId() : topic.topic();
            for (FetchPartition wanted : topic.partitions()) {
                PartitionKey key = new PartitionKey(name, wanted.partition());
                FetchedPartition partition = partitions.get(key);
                if (partition == null) {
                    partition = new FetchedPartition(topic.topic(), topic.topicId(), wanted.partition());
                    partitions.put(key, partition);
                }
                partition.request(wanted);
                activate(partition);
                if (follower != null) {
                    partition.forgetSent(); // A follower that has changed course may not have heeded the last answer.
                }
            }
        }
        size = partitions.size();
    }

    /** All partitions. */
    Iterable<FetchedPartition> partitions() {
        return partitions.values();
    }

    /** The partitions that the present request looks at, in the order of service. */
    List<FetchedPartition> active() {
        return active;
    }

    private void activate(FetchedPartition partition) {
        if (!partition.isActive) {
            partition.isActive = true;
            active.add(partition);
        }
    }

    /** From now on the request looks at those as well to which something has happened; after a while, at all. */
    void activateChanged(long nowNs) {
        for (FetchedPartition partition : changed.take()) {
            if (!partition.isForgotten) {
                activate(partition);
            }
        }
        if (!hasLooked || nowNs - lastFullLookNs >= FULL_LOOK_NS) {
            activateAll(nowNs);
        }
    }

    /** From now on the request looks at all partitions. */
    void activateAll(long nowNs) {
        lastFullLookNs = nowNs;
        hasLooked = true;
        if (active.size() < partitions.size()) {
            partitions.values().forEach(this::activate);
        }
    }

    /** Stops looking at those of which all is read and told, until something happens to them. */
    void settle() {
        active.removeIf(partition -> {
            partition.isActive = !partition.isSettled();
            return !partition.isActive;
        });
    }

    /** Whether something has become readable since the request last looked. */
    boolean isReadable() {
        return changed.isReadable();
    }

    /**
     * Something has happened to a partition. Called on its home loop.
     *
     * @param bytes that have become readable, or UNKNOWN_BYTES
     * @param readable whether it is what a fetch waits for
     * @return whether that is not enough for the fetch that waits, which wants to hear of the next event too
     */
    boolean onEvent(FetchedPartition partition, int bytes, boolean readable) {
        changed.add(partition, readable);
        FetchCall call = readable ? waiting : null;
        return call != null && !call.onReadable(bytes);
    }

    /** Moves those that got records to the end, in their order, so that the others come first next time. */
    void moveServedToEnd() {
        List<FetchedPartition> served = new ArrayList<>();
        for (FetchedPartition partition : active) {
            if (partition.read.sizeBytes() > 0) {
                served.add(partition);
            }
        }
        if (!served.isEmpty() && served.size() < active.size()) {
            List<FetchedPartition> reordered = new ArrayList<>(active.size());
            for (FetchedPartition partition : active) {
                if (partition.read.sizeBytes() == 0) {
                    reordered.add(partition);
                }
            }
            reordered.addAll(served);
            active = reordered;
        }
    }

    /** The epoch after {@code epoch}: 0 and below mean something else, so it wraps to 1. */
    static int nextEpoch(int epoch) {
        return epoch < 0 ? FINAL_EPOCH : epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    }
}
