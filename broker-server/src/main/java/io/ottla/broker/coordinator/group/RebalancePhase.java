package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.ShardTimer;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Rebalances} keeps of a group's rebalance under way: until when it waits for joins and for syncs, and why. Confined to
 * the shard's loop.
 */
final class RebalancePhase {
    private @Nullable ShardTimer joinTimer;
    private @Nullable ShardTimer syncTimer;
    private boolean heldBack;
    private boolean newMemberAdded;

    /** In the place of the one before, which is cancelled; null if joins are not waited for any more. */
    void setJoinTimer(@Nullable ShardTimer timer) {
        cancel(joinTimer);
        joinTimer = timer;
    }

    /** In the place of the one before, which is cancelled; null if syncs are not waited for any more. */
    void setSyncTimer(@Nullable ShardTimer timer) {
        cancel(syncTimer);
        syncTimer = timer;
    }

    private static void cancel(@Nullable ShardTimer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Whether the first join phase is held back so that more members may come. */
    boolean isHeldBack() {
        return heldBack;
    }

    void setHeldBack(boolean heldBack) {
        this.heldBack = heldBack;
    }

    /** Whether a member came while the first join phase was being held back. */
    boolean newMemberAdded() {
        return newMemberAdded;
    }

    void setNewMemberAdded(boolean added) {
        newMemberAdded = added;
    }
}
