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
 * The partitions of a fetch, in the order in which they are served. With an id it is a session of KIP-227 that later
 * requests of the client refer to; with {@link #NO_ID} it lives for one request.
 *
 * <p>The epoch is guarded by the session's monitor; everything else is confined to the request that has acquired it.
 */
final class FetchSession {

    static final int NO_ID = 0;
    static final int INITIAL_EPOCH = 0;
    static final int FINAL_EPOCH = -1;

    private final boolean usesTopicIds;
    private final @Nullable FollowerSession follower;
    private final Map<PartitionKey, FetchedPartition> partitions = new LinkedHashMap<>();

    private volatile int id = NO_ID;
    private volatile long lastUsedNs;
    private int nextEpoch = nextEpoch(INITIAL_EPOCH);
    private boolean inUse = true;
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
    synchronized void release() {
        inUse = false;
    }

    /** Adds and changes partitions as an incremental request asks, then removes those it forgets. */
    void update(FetchRequest request) {
        request(request.topics());
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            Object name = usesTopicIds ? topic.topicId() : topic.topic();
            for (int index : topic.partitions()) {
                partitions.remove(new PartitionKey(name, index));
            }
        }
        size = partitions.size();
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
                if (follower != null) {
                    partition.forgetSent(); // A follower that has changed course may not have heeded the last answer.
                }
            }
        }
        size = partitions.size();
    }

    /** The partitions in the order of service. */
    Iterable<FetchedPartition> partitions() {
        return partitions.values();
    }

    /** Moves those that got records to the end, in their order, so that the others come first next time. */
    void moveServedToEnd() {
        List<Map.Entry<PartitionKey, FetchedPartition>> served = new ArrayList<>();
        for (Map.Entry<PartitionKey, FetchedPartition> entry : partitions.entrySet()) {
            if (entry.getValue().read.sizeBytes() > 0) {
                served.add(Map.entry(entry.getKey(), entry.getValue()));
            }
        }
        if (served.size() < partitions.size()) {
            for (Map.Entry<PartitionKey, FetchedPartition> entry : served) {
                partitions.remove(entry.getKey());
                partitions.put(entry.getKey(), entry.getValue());
            }
        }
    }

    /** The epoch after {@code epoch}: 0 and below mean something else, so it wraps to 1. */
    static int nextEpoch(int epoch) {
        return epoch < 0 ? FINAL_EPOCH : epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    }
}
