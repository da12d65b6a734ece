package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.broker.coordinator.runtime.ShardTimer;
import java.util.concurrent.TimeUnit;

/**
 * Watches whether members are alive. Confined to the shard's loop.
 *
 * <p>A heartbeat only moves the member's deadline. Its one timer looks at the deadline when it fires and, if the member has
 * been heard meanwhile, starts over for the rest, so that the cost of a heartbeat is a field.
 */
final class MemberSessions {
    /** How long a member that joins may wait for its first generation without a sign of life. */
    static final int NEW_MEMBER_TIMEOUT_MS = 300_000;

    /** Receives a member whose session expired. */
    interface Listener {
        void onSessionExpired(ClassicGroup group, ClassicMember member);
    }

    private final ShardContext context;
    private final Listener listener;

    MemberSessions(ShardContext context, Listener listener) {
        this.context = context;
        this.listener = listener;
    }

    /** The member has been heard. */
    void extend(ClassicGroup group, ClassicMember member) {
        extend(group, member, member.timeouts().sessionMs());
    }

    /** The member has joined and now waits, without heartbeats, for a join phase to end. */
    void extendForFirstJoin(ClassicGroup group, ClassicMember member) {
        extend(group, member, NEW_MEMBER_TIMEOUT_MS);
    }

    private void extend(ClassicGroup group, ClassicMember member, int timeoutMs) {
        long deadlineNs = context.nowNs() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        member.setSessionDeadlineNs(deadlineNs);
        ShardTimer timer = member.sessionTimer();
        if (timer == null) {
            member.setSessionTimer(context.schedule(timeoutMs, () -> onTimer(group, member)));
        } else if (timer.deadlineNs() - deadlineNs > 0) {
            timer.cancel();
            member.setSessionTimer(context.schedule(timeoutMs, () -> onTimer(group, member)));
        }
    }

    private void onTimer(ClassicGroup group, ClassicMember member) {
        member.setSessionTimer(null);
        if (group.member(member.id()) != member) {
            return;
        }
        long restNs = member.sessionDeadlineNs() - context.nowNs();
        if (restNs > 0) {
            long restMs = TimeUnit.NANOSECONDS.toMillis(restNs + TimeUnit.MILLISECONDS.toNanos(1) - 1);
            member.setSessionTimer(context.schedule(restMs, () -> onTimer(group, member)));
        } else if (member.isNew() || !(member.isAwaitingJoin() || member.isAwaitingSync())) {
            listener.onSessionExpired(group, member);
        }
        // A member that waits for the others is not expected to be heard; its session starts anew when it is answered.
    }
}
