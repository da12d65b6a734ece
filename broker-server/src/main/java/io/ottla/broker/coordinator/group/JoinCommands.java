package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.group.ClassicMember.MemberClient;
import io.ottla.broker.coordinator.group.ClassicMember.MemberTimeouts;
import io.ottla.broker.coordinator.runtime.ShardContext;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.JoinGroupRequest;
import io.ottla.protocol.message.JoinGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** JoinGroup. Confined to the shard's loop. */
final class JoinCommands {
    private static final Logger log = LoggerFactory.getLogger(JoinCommands.class);

    /** From this version on a new dynamic member first gets its id and joins with it then (KIP-394). */
    private static final short KNOWN_MEMBER_ID_VERSION = 4;
    /** From this version on the leader can be told not to assign (KIP-814). */
    private static final short SKIP_ASSIGNMENT_VERSION = 9;

    private final ShardContext context;
    private final GroupStore groups;
    private final GroupSettings.Membership settings;
    private final Rebalances rebalances;
    private final Supplier<String> memberIdSuffixes;

    JoinCommands(
            ShardContext context,
            GroupStore groups,
            GroupSettings.Membership settings,
            Rebalances rebalances,
            Supplier<String> memberIdSuffixes) {
        this.context = context;
        this.groups = groups;
        this.settings = settings;
        this.rebalances = rebalances;
        this.memberIdSuffixes = memberIdSuffixes;
    }

    /** A JoinGroup as it goes through the steps below. */
    private record Join(
            ClassicGroup group,
            JoinGroupRequest request,
            GroupCaller caller,
            List<MemberProtocol> protocols,
            MemberTimeouts timeouts,
            CompletableFuture<JoinGroupResponse> future) {
        void fail(String memberId, ErrorCode error) {
            future.complete(GroupResponses.joinError(memberId, error));
        }
    }

    /** Joins; {@code future} completes when the join phase that it leads to ends. */
    void join(GroupCaller caller, JoinGroupRequest request, CompletableFuture<JoinGroupResponse> future) {
        String memberId = request.memberId();
        int sessionMs = request.sessionTimeoutMs();
        if (sessionMs < settings.minSessionTimeoutMs() || sessionMs > settings.maxSessionTimeoutMs()) {
            future.complete(GroupResponses.joinError(memberId, ErrorCode.INVALID_SESSION_TIMEOUT));
            return;
        }
        ClassicGroup group =
                memberId.isEmpty() ? groups.findOrCreate(request.groupId()) : groups.find(request.groupId());
        if (group == null) {
            future.complete(GroupResponses.joinError(memberId, ErrorCode.UNKNOWN_MEMBER_ID));
            return;
        }
        List<MemberProtocol> protocols = new ArrayList<>(request.protocols().size());
        request.protocols().forEach(p -> protocols.add(new MemberProtocol(p.name(), p.metadata())));
        int rebalanceMs = request.rebalanceTimeoutMs() < 0 ? sessionMs : request.rebalanceTimeoutMs();
        MemberTimeouts timeouts = new MemberTimeouts(rebalanceMs, sessionMs);
        Join join = new Join(group, request, caller, List.copyOf(protocols), timeouts, future);
        if (!hasRoom(group, memberId)) {
            refuseFull(join);
        } else if (group.is(GroupState.DEAD)) {
            join.fail(memberId, ErrorCode.COORDINATOR_NOT_AVAILABLE);
        } else if (!group.supports(request.protocolType(), protocols)) {
            join.fail(memberId, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        } else if (memberId.isEmpty()) {
            joinAsNew(join);
        } else {
            joinAsKnown(join);
        }
        rebalances.maybeCompleteJoin(group);
    }

    private boolean hasRoom(ClassicGroup group, String memberId) {
        return switch (group.state()) {
            case EMPTY, DEAD -> true;
            case PREPARING_REBALANCE -> {
                ClassicMember member = group.member(memberId);
                yield (member != null && member.isAwaitingJoin()) || group.joiningCount() < settings.maxSize();
            }
            case COMPLETING_REBALANCE, STABLE -> group.has(memberId) || group.size() < settings.maxSize();
        };
    }

    private void refuseFull(Join join) {
        ClassicGroup group = join.group();
        String memberId = join.request().memberId();
        log.info("group {}: member {} is refused, the group has its {} members", group.id(), memberId, group.size());
        ClassicMember member = group.member(memberId);
        if (member != null) {
            group.remove(member);
        }
        group.pending().take(memberId);
        join.fail(memberId, ErrorCode.GROUP_MAX_SIZE_REACHED);
    }

    private void joinAsNew(Join join) {
        String instanceId = join.request().groupInstanceId();
        String prefix = instanceId == null ? join.caller().clientId() : instanceId;
        String memberId = prefix + "-" + memberIdSuffixes.get();
        String holder = instanceId == null ? null : join.group().staticMemberId(instanceId);
        ClassicMember replaced = holder == null ? null : join.group().member(holder);
        if (replaced != null) {
            replaceStatic(join, replaced, memberId);
        } else if (instanceId == null && join.caller().apiVersion() >= KNOWN_MEMBER_ID_VERSION) {
            handOutId(join, memberId);
        } else {
            add(join, memberId);
        }
    }

    private void handOutId(Join join, String memberId) {
        ClassicGroup group = join.group();
        group.pending().add(memberId, context.schedule(join.timeouts().sessionMs(), () -> {
            log.info("group {}: id {} was not joined with in time", group.id(), memberId);
            rebalances.removePending(group, memberId);
        }));
        join.fail(memberId, ErrorCode.MEMBER_ID_REQUIRED);
    }

    private void add(Join join, String memberId) {
        ClassicGroup group = join.group();
        JoinGroupRequest request = join.request();
        ClassicMember member = new ClassicMember(
                memberId,
                request.groupInstanceId(),
                new MemberClient(join.caller().clientId(), join.caller().clientHost()),
                request.protocolType(),
                join.protocols(),
                join.timeouts());
        member.setNew(true);
        if (group.is(GroupState.PREPARING_REBALANCE) && group.generation() == 0) {
            group.rebalance().setNewMemberAdded(true);
        }
        group.add(member, join.future());
        rebalances.sessions().extendForFirstJoin(group, member);
        rebalances.maybePrepare(group, "member " + member + " joins" + reason(request));
    }

    private void joinAsKnown(Join join) {
        ClassicGroup group = join.group();
        String memberId = join.request().memberId();
        if (group.pending().has(memberId) && join.request().groupInstanceId() == null) {
            add(join, memberId);
            return;
        }
        ErrorCode error = MemberCheck.check(group, memberId, join.request().groupInstanceId());
        ClassicMember member = group.member(memberId);
        if (error != ErrorCode.NONE || member == null) {
            join.fail(memberId, error == ErrorCode.NONE ? ErrorCode.UNKNOWN_MEMBER_ID : error);
            return;
        }
        boolean sameProtocols = member.protocols().equals(join.protocols());
        switch (group.state()) {
            case PREPARING_REBALANCE -> rejoin(join, member);
            case COMPLETING_REBALANCE -> {
                if (sameProtocols) {
                    // It did not get the answer to the join phase that just ended.
                    join.future().complete(GroupResponses.joined(group, memberId));
                } else {
                    rejoin(join, member);
                }
            }
            case STABLE -> {
                // A leader that joins again wants to assign anew, for instance because its topics changed.
                if (group.isLeader(memberId) || !sameProtocols) {
                    rejoin(join, member);
                } else {
                    join.future().complete(GroupResponses.joined(group, memberId, group.leaderId()));
                }
            }
            case EMPTY, DEAD -> join.fail(memberId, ErrorCode.UNKNOWN_MEMBER_ID);
        }
    }

    private void rejoin(Join join, ClassicMember member) {
        ClassicGroup group = join.group();
        group.update(member, join.protocols(), join.timeouts());
        group.setAwaitingJoin(member, join.future());
        rebalances.maybePrepare(group, "member " + member + " joins again" + reason(join.request()));
    }

    /** A static member's new incarnation takes its place; if nothing else changes, without a rebalance (KIP-345). */
    private void replaceStatic(Join join, ClassicMember member, String memberId) {
        ClassicGroup group = join.group();
        Replaced before = new Replaced(member.id(), member.protocols(), member.timeouts(), group.leaderId());
        log.info("group {}: static member {} is replaced by {}", group.id(), member, memberId);
        group.replaceStatic(member, memberId);
        rebalances.sessions().extend(group, member);
        group.update(member, join.protocols(), join.timeouts());
        group.setAwaitingJoin(member, join.future());
        switch (group.state()) {
            case STABLE -> {
                if (group.selectProtocol().equals(group.protocolName())) {
                    storeReplaced(join, member, before);
                } else {
                    rebalances.prepare(group, "static member " + member + " changes the group's protocol");
                }
            }
            // The leader may be assigning for the old id at this moment.
            case COMPLETING_REBALANCE -> rebalances.prepare(group, "static member " + member + " was replaced");
            case PREPARING_REBALANCE -> {}
            case EMPTY, DEAD ->
                throw new IllegalStateException(
                        "static member " + member + " in group " + group.id() + ", which is " + group.state());
        }
    }

    /** What a static member was before its replacement. */
    private record Replaced(
            String memberId,
            List<MemberProtocol> protocols,
            MemberTimeouts timeouts,
            @Nullable String leaderId) {}

    private void storeReplaced(Join join, ClassicMember member, Replaced before) {
        ClassicGroup group = join.group();
        String memberId = member.id();
        rebalances.store(group, Assignments.current(group), error -> {
            if (group.member(memberId) != member || !member.isAwaitingJoin()) {
                // A rebalance has come and answered in between.
                return;
            }
            if (error != ErrorCode.NONE) {
                log.warn("group {}: replacing static member {} could not be written: {}", group.id(), member, error);
                group.answerJoin(member, GroupResponses.joinError("", GroupErrors.ofMembershipWrite(error)));
                group.update(member, before.protocols(), before.timeouts());
                group.replaceStatic(member, before.memberId());
                rebalances.sessions().extend(group, member);
            } else {
                group.answerJoin(member, replacedResponse(join, memberId, before));
            }
        });
    }

    /**
     * A leader that returns learns that it leads only if it can be told not to assign: an older client is shown the old
     * leader's id, so that it takes itself for a follower and the generation stays as it is.
     */
    private static JoinGroupResponse replacedResponse(Join join, String memberId, Replaced before) {
        ClassicGroup group = join.group();
        if (join.caller().apiVersion() < SKIP_ASSIGNMENT_VERSION) {
            return GroupResponses.joined(group, memberId, before.leaderId());
        }
        return GroupResponses.joined(group, memberId).setSkipAssignment(group.isLeader(memberId));
    }

    private static String reason(JoinGroupRequest request) {
        String reason = request.reason();
        return reason == null || reason.isEmpty() ? "" : ": " + reason;
    }
}
