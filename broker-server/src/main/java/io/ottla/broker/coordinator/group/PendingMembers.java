package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.ShardTimer;
import java.util.HashMap;
import java.util.Map;

/**
 * The member ids that a group has given out and that have not joined yet (KIP-394), with the timers that take them back. Confined
 * to the shard's loop.
 */
final class PendingMembers {
    private final Map<String, ShardTimer> expiries = new HashMap<>();

    boolean has(String memberId) {
        return expiries.containsKey(memberId);
    }

    boolean isEmpty() {
        return expiries.isEmpty();
    }

    void add(String memberId, ShardTimer expiry) {
        expiries.put(memberId, expiry);
    }

    /** Forgets that an id was given out. */
    void take(String memberId) {
        ShardTimer expiry = expiries.remove(memberId);
        if (expiry != null) {
            expiry.cancel();
        }
    }
}
