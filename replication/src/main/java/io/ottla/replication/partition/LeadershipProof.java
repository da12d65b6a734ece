package io.ottla.replication.partition;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A question whether a leadership still is the present one, and what the followers have shown of that since it was asked.
 * Confined to the partition's home loop; ended once.
 *
 * <p>Another leader can only come from the maximal ISR, whose members cannot enter it without this leader. While one of them
 * fetches here in this leader's epoch it does not lead, and has not led before. A fetch may have been sent before the
 * question was asked, and one more behind it; the one after those was sent by somebody who had read an answer to the first.
 * So when all members have fetched that often, nobody else had led when the question was asked, whether or not the controller or
 * ZooKeeper can be reached.
 */
final class LeadershipProof {

    /** A follower has at most two fetches under way. */
    static final int FETCHES = 3;

    private final Consumer<Boolean> listener;
    private final Map<Integer, Integer> fetches = new HashMap<>();
    private boolean ended;

    /** @param listener is told whether the leadership is the present one */
    LeadershipProof(Consumer<Boolean> listener) {
        this.listener = listener;
    }

    /** A follower has fetched in the leader's epoch. */
    void onFetch(int brokerId) {
        fetches.merge(brokerId, 1, Integer::sum);
    }

    /** Whether all followers that could have been elected have shown that they were not. */
    boolean isGivenBy(LeaderRole leader) {
        for (ReplicaProgress follower : leader.followers()) {
            if (leader.isr().maximal().contains(follower.brokerId())
                    && fetches.getOrDefault(follower.brokerId(), 0) < FETCHES) {
                return false;
            }
        }
        return true;
    }

    void end(boolean confirmed) {
        if (!ended) {
            ended = true;
            listener.accept(confirmed);
        }
    }
}
