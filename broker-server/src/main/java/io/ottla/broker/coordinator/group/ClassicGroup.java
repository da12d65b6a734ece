package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.group.ClassicMember.MemberTimeouts;
import io.ottla.broker.coordinator.runtime.ShardTimer;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A group of the classic protocol: its members, its generation, and where it is between two generations. Confined to the
 * shard's loop. It holds state and keeps it consistent; {@link Rebalances} and the commands decide what happens.
 */
final class ClassicGroup {
    /** The timestamp of a group whose record, written before version 2, has none. */
    static final long NO_TIMESTAMP = -1;

    private final String id;
    private GroupState state = GroupState.EMPTY;
    /** When {@link #state} was entered, in wall-clock milliseconds. */
    private long stateTimestampMs;

    private int generation;
    private @Nullable String protocolType;
    private @Nullable String protocolName;
    private @Nullable String leaderId;
    /** In the order in which they joined. */
    private final Map<String, ClassicMember> members = new LinkedHashMap<>();

    private final ProtocolVotes protocols = new ProtocolVotes();
    /** From instance id to member id. */
    private final Map<String, String> staticMembers = new HashMap<>();

    private final PendingMembers pending = new PendingMembers();
    private final RebalancePhase rebalance = new RebalancePhase();
    /** Members of this generation that have not asked for their assignment yet. */
    private final Set<String> pendingSync = new LinkedHashSet<>();

    private int awaitingJoinCount;
    /** The topics that the members subscribe to; null if they are no consumers or do not say. */
    private @Nullable Set<String> subscribedTopics;

    ClassicGroup(String id, long nowMs) {
        this.id = id;
        this.stateTimestampMs = nowMs;
    }

    /** Puts the group where a log left it: {@code STABLE} with its members, or {@code EMPTY}. */
    void restore(int generation, @Nullable String protocolType, @Nullable String protocolName, long stateTimestampMs) {
        this.generation = generation;
        this.protocolType = protocolType;
        this.protocolName = protocolName;
        this.stateTimestampMs = stateTimestampMs;
        this.state = members.isEmpty() ? GroupState.EMPTY : GroupState.STABLE;
        computeSubscribedTopics();
    }

    void restoreMember(ClassicMember member) {
        put(member);
    }

    void restoreLeader(@Nullable String leaderId) {
        this.leaderId = leaderId;
    }

    String id() {
        return id;
    }

    GroupState state() {
        return state;
    }

    boolean is(GroupState candidate) {
        return state == candidate;
    }

    long stateTimestampMs() {
        return stateTimestampMs;
    }

    void become(GroupState next, long nowMs) {
        if (!next.validPrevious().contains(state)) {
            throw new IllegalStateException("group " + id + " cannot go from " + state + " to " + next);
        }
        state = next;
        stateTimestampMs = nowMs;
    }

    int generation() {
        return generation;
    }

    @Nullable
    String protocolType() {
        return protocolType;
    }

    @Nullable
    String protocolName() {
        return protocolName;
    }

    @Nullable
    String leaderId() {
        return leaderId;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leaderId);
    }

    boolean has(String memberId) {
        return members.containsKey(memberId);
    }

    @Nullable
    ClassicMember member(String memberId) {
        return members.get(memberId);
    }

    /** In the order in which they joined; a copy, so that members may be removed meanwhile. */
    List<ClassicMember> memberList() {
        return new ArrayList<>(members.values());
    }

    Collection<ClassicMember> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    int size() {
        return members.size();
    }

    /** How many members wait for the join phase to end. */
    int joiningCount() {
        return awaitingJoinCount;
    }

    @Nullable
    String staticMemberId(String instanceId) {
        return staticMembers.get(instanceId);
    }

    /** Adds a member that waits for the join phase to end. */
    void add(ClassicMember member, CompletableFuture<JoinGroupResponse> future) {
        put(member);
        setAwaitingJoin(member, future);
        pending.take(member.id());
    }

    private void put(ClassicMember member) {
        if (members.isEmpty()) {
            protocolType = member.protocolType();
        }
        if (leaderId == null) {
            leaderId = member.id();
        }
        members.put(member.id(), member);
        protocols.add(member);
        String instanceId = member.instanceId();
        if (instanceId != null) {
            staticMembers.put(instanceId, member.id());
        }
    }

    /** Removes a member. Requests that it left waiting are told that it is no member. */
    void remove(ClassicMember member) {
        if (members.remove(member.id()) == null) {
            return;
        }
        answerJoin(member, GroupResponses.joinError("", ErrorCode.UNKNOWN_MEMBER_ID));
        answerSync(member, GroupResponses.syncError(ErrorCode.UNKNOWN_MEMBER_ID));
        protocols.remove(member);
        if (member.instanceId() != null) {
            staticMembers.remove(member.instanceId());
        }
        pendingSync.remove(member.id());
        if (isLeader(member.id())) {
            leaderId = members.isEmpty() ? null : members.keySet().iterator().next();
        }
        ShardTimer session = member.sessionTimer();
        if (session != null) {
            session.cancel();
        }
        member.setSessionTimer(null);
    }

    /** Takes over what a member says as it joins again. */
    void update(ClassicMember member, List<MemberProtocol> supported, MemberTimeouts timeouts) {
        protocols.remove(member);
        member.update(supported, timeouts);
        protocols.add(member);
    }

    /**
     * Gives a static member's place to a new incarnation of it. Whoever still waits as the old one is told that it is
     * fenced.
     */
    void replaceStatic(ClassicMember member, String newMemberId) {
        String oldMemberId = member.id();
        answerJoin(member, GroupResponses.joinError(oldMemberId, ErrorCode.FENCED_INSTANCE_ID));
        answerSync(member, GroupResponses.syncError(ErrorCode.FENCED_INSTANCE_ID));
        members.remove(oldMemberId);
        member.setId(newMemberId);
        members.put(newMemberId, member);
        if (pendingSync.remove(oldMemberId)) {
            pendingSync.add(newMemberId);
        }
        if (isLeader(oldMemberId)) {
            leaderId = newMemberId;
        }
        if (member.instanceId() != null) {
            staticMembers.put(member.instanceId(), newMemberId);
        }
    }

    /** Ids given out that have not joined yet. */
    PendingMembers pending() {
        return pending;
    }

    /** The rebalance under way, as far as it takes time. */
    RebalancePhase rebalance() {
        return rebalance;
    }

    /** Lets a member wait for the end of the join phase, instead of with the request with which it waited before. */
    void setAwaitingJoin(ClassicMember member, CompletableFuture<JoinGroupResponse> future) {
        CompletableFuture<JoinGroupResponse> before = member.awaitingJoin();
        if (before == null) {
            awaitingJoinCount++;
        } else {
            before.complete(GroupResponses.joinError(member.id(), ErrorCode.REBALANCE_IN_PROGRESS));
        }
        member.setAwaitingJoin(future);
    }

    /** Answers a member's JoinGroup if one waits. */
    void answerJoin(ClassicMember member, JoinGroupResponse response) {
        CompletableFuture<JoinGroupResponse> future = member.awaitingJoin();
        if (future != null) {
            member.setAwaitingJoin(null);
            awaitingJoinCount--;
            future.complete(response);
        }
    }

    /** Lets a member wait for its assignment, instead of with the request with which it waited before. */
    void setAwaitingSync(ClassicMember member, CompletableFuture<SyncGroupResponse> future) {
        answerSync(member, GroupResponses.syncError(ErrorCode.REBALANCE_IN_PROGRESS));
        member.setAwaitingSync(future);
    }

    /** Answers a member's SyncGroup if one waits; says whether it did. */
    boolean answerSync(ClassicMember member, SyncGroupResponse response) {
        CompletableFuture<SyncGroupResponse> future = member.awaitingSync();
        if (future == null) {
            return false;
        }
        member.setAwaitingSync(null);
        future.complete(response);
        return true;
    }

    boolean hasAllMembersJoined() {
        return members.size() == awaitingJoinCount && pending.isEmpty();
    }

    /** Makes sure that the leader takes part in the next generation; false if nobody joined. */
    boolean electJoinedLeader() {
        ClassicMember leader = leaderId == null ? null : members.get(leaderId);
        if (leader != null && leader.isAwaitingJoin()) {
            return true;
        }
        for (ClassicMember candidate : members.values()) {
            if (candidate.isAwaitingJoin()) {
                leaderId = candidate.id();
                return true;
            }
        }
        return leaderId == null;
    }

    /** Begins the next generation with the members there are. */
    void beginGeneration(long nowMs) {
        generation++;
        pendingSync.clear();
        if (members.isEmpty()) {
            protocolName = null;
            become(GroupState.EMPTY, nowMs);
        } else {
            protocolName = selectProtocol();
            become(GroupState.COMPLETING_REBALANCE, nowMs);
        }
        computeSubscribedTopics();
    }

    Set<String> pendingSync() {
        return pendingSync;
    }

    /** How long a join phase lasts at most: as long as the most patient member allows. */
    int rebalanceTimeoutMs() {
        int max = 0;
        for (ClassicMember member : members.values()) {
            max = Math.max(max, member.timeouts().rebalanceMs());
        }
        return max;
    }

    /** Whether a member of this type, which supports these protocols, can be in this group. */
    boolean supports(String memberProtocolType, List<MemberProtocol> supported) {
        return is(GroupState.EMPTY)
                ? !memberProtocolType.isEmpty() && !supported.isEmpty()
                : memberProtocolType.equals(protocolType) && protocols.anyCommon(supported, members.size());
    }

    /** The protocol of the generation that begins. */
    String selectProtocol() {
        String selected = protocols.favourite(members());
        if (selected == null) {
            throw new IllegalStateException("the members of group " + id + " have no protocol in common");
        }
        return selected;
    }

    private void computeSubscribedTopics() {
        subscribedTopics = ConsumerSubscriptions.topicsOf(this);
    }

    @Nullable
    Set<String> subscribedTopics() {
        return subscribedTopics;
    }

    /** Whether the members use the protocol type of consumers. */
    boolean isConsumerGroup() {
        return ConsumerSubscriptions.PROTOCOL_TYPE.equals(protocolType);
    }

    /** Whether consumers of this group may be reading {@code topic}; if it is not known, yes. */
    boolean mayBeSubscribedTo(String topic) {
        return subscribedTopics == null ? isConsumerGroup() : subscribedTopics.contains(topic);
    }
}
