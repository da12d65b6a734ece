package io.ottla.broker.handler.fetch;

import io.ottla.replication.metadata.BrokerImage;
import io.ottla.replication.metadata.MetadataImage;
import io.ottla.replication.partition.LeaderRole;
import io.ottla.replication.partition.ReplicaProgress;
import org.jspecify.annotations.Nullable;

/** Which replica a consumer is to read from (KIP-392); the built-in values of {@code replica.selector.class}. Stateless. */
public enum ReplicaSelector {
    /** Always the leader. */
    LEADER("org.apache.kafka.common.replica.LeaderSelector") {
        @Override
        int select(LeaderRole leader, long fetchOffset, String clientRack, MetadataImage cluster) {
            return NO_PREFERENCE;
        }
    },
    /** An in-sync replica in the client's rack that has the offset: the leader if it is one, else the most advanced. */
    RACK_AWARE("org.apache.kafka.common.replica.RackAwareReplicaSelector") {
        @Override
        int select(LeaderRole leader, long fetchOffset, String clientRack, MetadataImage cluster) {
            if (clientRack.isEmpty()) {
                return NO_PREFERENCE;
            }
            int best = NO_PREFERENCE;
            long bestEnd = -1;
            for (int member : leader.isr().committed()) {
                BrokerImage broker = cluster.broker(member);
                if (broker == null || !clientRack.equals(broker.rack())) {
                    continue;
                }
                ReplicaProgress follower = leader.progressOf(member);
                if (follower == null) {
                    return NO_PREFERENCE; // The leader itself is near.
                }
                boolean has = follower.logStartOffset() <= fetchOffset && follower.logEndOffset() >= fetchOffset;
                if (has && follower.logEndOffset() > bestEnd) {
                    best = member;
                    bestEnd = follower.logEndOffset();
                }
            }
            return best;
        }
    };

    /** The leader will do. */
    static final int NO_PREFERENCE = -1;

    private final String className;

    ReplicaSelector(String className) {
        this.className = className;
    }

    /** The selector that Apache Kafka has under that class name, with or without its package; null if there is none. */
    public static @Nullable ReplicaSelector forClass(String name) {
        for (ReplicaSelector selector : values()) {
            if (selector.className.equals(name) || selector.className.endsWith("." + name)) {
                return selector;
            }
        }
        return null;
    }

    /** The broker id of a better replica, or {@link #NO_PREFERENCE}. */
    abstract int select(LeaderRole leader, long fetchOffset, String clientRack, MetadataImage cluster);
}
