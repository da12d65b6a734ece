package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.protocol.error.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads groups from one generation to the next. Confined to the shard's loop.
 *
 * <p>A join phase ends when all members have joined again, or when the rebalance timeout is over: dynamic members that have
 * not joined are then removed, static ones are kept. The first join phase of a group is held back by
 * {@code group.initial.rebalance.delay.ms}, again and again while members come, up to the rebalance timeout.
 */
final class Rebalances implements MemberSessions.Listener {
    private static final Logger log = LoggerFactory.getLogger(Rebalances.class);

    private final ShardContext context;
    private final GroupSettings.Membership settings;
    private final MemberSessions sessions;

    Rebalances(ShardContext context, GroupSettings.Membership settings) {
        this.context = context;
        this.settings = settings;
        this.sessions = new MemberSessions(context, this);
    }

    MemberSessions sessions() {
        return sessions;
    }

    /** Starts a join phase unless one is under way. */
    void maybePrepare(ClassicGroup group, String reason) {
        if (!group.is(GroupState.PREPARING_REBALANCE) && !group.is(GroupState.DEAD)) {
            prepare(group, reason);
        }
    }

    /** Starts a join phase. */
    void prepare(ClassicGroup group, String reason) {
        if (group.is(GroupState.COMPLETING_REBALANCE)) {
            failSyncs(group, ErrorCode.REBALANCE_IN_PROGRESS);
        }
        group.rebalance().setSyncTimer(null);
        boolean first = group.is(GroupState.EMPTY);
        group.become(GroupState.PREPARING_REBALANCE, context.nowMs());
        log.info("group {}: rebalance after generation {}: {}", group.id(), group.generation(), reason);
        int delayMs = settings.initialRebalanceDelayMs();
        if (first) {
            group.rebalance().setNewMemberAdded(false);
            holdBack(group, delayMs, Math.max(group.rebalanceTimeoutMs() - delayMs, 0));
        } else {
            awaitJoins(group);
            maybeCompleteJoin(group);
        }
    }

    private void holdBack(ClassicGroup group, int delayMs, int remainingMs) {
        group.rebalance().setJoinTimer(context.schedule(delayMs, () -> {
            group.rebalance().setJoinTimer(null);
            if (group.rebalance().newMemberAdded() && remainingMs > 0) {
                group.rebalance().setNewMemberAdded(false);
                int nextMs = Math.min(settings.initialRebalanceDelayMs(), remainingMs);
                holdBack(group, nextMs, remainingMs - nextMs);
            } else {
                completeJoin(group);
            }
        }));
        group.rebalance().setHeldBack(true);
    }

    private void awaitJoins(ClassicGroup group) {
        group.rebalance().setHeldBack(false);
        group.rebalance().setJoinTimer(context.schedule(group.rebalanceTimeoutMs(), () -> completeJoin(group)));
    }

    /** Ends the join phase if all who can have joined. */
    void maybeCompleteJoin(ClassicGroup group) {
        if (group.is(GroupState.PREPARING_REBALANCE)
                && !group.rebalance().isHeldBack()
                && group.hasAllMembersJoined()) {
            completeJoin(group);
        }
    }

    private void completeJoin(ClassicGroup group) {
        if (!group.is(GroupState.PREPARING_REBALANCE)) {
            return;
        }
        group.rebalance().setHeldBack(false);
        group.rebalance().setJoinTimer(null);
        for (ClassicMember member : group.memberList()) {
            if (!member.isAwaitingJoin() && !member.isStatic()) {
                log.info("group {}: member {} did not rejoin in time and is removed", group.id(), member);
                group.remove(member);
            }
        }
        if (!group.electJoinedLeader() && !group.isEmpty()) {
            // Only static members are left, and none is here: they return or their sessions expire.
            awaitJoins(group);
            return;
        }
        group.beginGeneration(context.nowMs());
        if (group.is(GroupState.EMPTY)) {
            log.info("group {}: empty as of generation {}", group.id(), group.generation());
            store(group, Map.of(), error -> {
                if (error != ErrorCode.NONE) {
                    log.warn("group {}: that it is empty could not be written: {}", group.id(), error);
                }
            });
        } else {
            answerJoins(group);
        }
    }

    private void answerJoins(ClassicGroup group) {
        log.info(
                "group {}: generation {} with {} members, protocol {}",
                group.id(),
                group.generation(),
                group.size(),
                group.protocolName());
        for (ClassicMember member : group.memberList()) {
            group.pendingSync().add(member.id());
        }
        int generation = group.generation();
        group.rebalance()
                .setSyncTimer(context.schedule(group.rebalanceTimeoutMs(), () -> expireSyncs(group, generation)));
        for (ClassicMember member : group.memberList()) {
            group.answerJoin(member, GroupResponses.joined(group, member.id()));
            sessions.extend(group, member);
            member.setNew(false);
        }
    }

    private void expireSyncs(ClassicGroup group, int generation) {
        group.rebalance().setSyncTimer(null);
        boolean syncing = group.is(GroupState.COMPLETING_REBALANCE) || group.is(GroupState.STABLE);
        if (!syncing || group.generation() != generation || group.pendingSync().isEmpty()) {
            return;
        }
        for (String memberId : List.copyOf(group.pendingSync())) {
            ClassicMember member = group.member(memberId);
            if (member != null) {
                log.info("group {}: member {} did not sync in time and is removed", group.id(), member);
                group.remove(member);
            }
        }
        prepare(group, "members did not sync within the rebalance timeout");
    }

    /** A member of this generation has asked for its assignment. */
    void onSync(ClassicGroup group, ClassicMember member) {
        group.pendingSync().remove(member.id());
        if (group.pendingSync().isEmpty()) {
            group.rebalance().setSyncTimer(null);
        }
    }

    /** Answers every member that waits for an assignment with {@code error}, and forgets the assignments. */
    void failSyncs(ClassicGroup group, ErrorCode error) {
        for (ClassicMember member : group.memberList()) {
            member.setAssignment(ClassicMember.NO_BYTES);
            if (group.answerSync(member, GroupResponses.syncError(error))) {
                sessions.extend(group, member);
            }
        }
    }

    /** The assignments of this generation are committed: gives every member that waits for it its own. */
    void becomeStable(ClassicGroup group) {
        group.become(GroupState.STABLE, context.nowMs());
        for (ClassicMember member : group.memberList()) {
            // While it waited its session may have run out unnoticed.
            if (group.answerSync(member, GroupResponses.synced(group, member))) {
                sessions.extend(group, member);
            }
        }
    }

    /** Removes a member and rebalances what is left. */
    void removeMember(ClassicGroup group, ClassicMember member, String reason) {
        log.info("group {}: member {} is removed: {}", group.id(), member, reason);
        group.remove(member);
        switch (group.state()) {
            case STABLE, COMPLETING_REBALANCE -> prepare(group, "member " + member + " was removed");
            case PREPARING_REBALANCE -> maybeCompleteJoin(group);
            case EMPTY, DEAD -> {}
        }
    }

    /** Takes back an id that was given out. */
    void removePending(ClassicGroup group, String memberId) {
        group.pending().take(memberId);
        maybeCompleteJoin(group);
    }

    @Override
    public void onSessionExpired(ClassicGroup group, ClassicMember member) {
        removeMember(group, member, "its session expired");
    }

    /** Writes the group's current generation with the given assignments. */
    void store(ClassicGroup group, Map<String, byte[]> assignments, Consumer<ErrorCode> onOutcome) {
        context.append(List.of(GroupRecords.groupMetadata(group, assignments)), onOutcome);
    }
}
