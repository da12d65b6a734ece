package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.ShardTimer;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A member of a classic group. Confined to the shard's loop. */
final class ClassicMember {
    static final byte[] NO_BYTES = {};

    private String id;
    private final @Nullable String instanceId;
    private final MemberClient client;
    private final String protocolType;

    private List<MemberProtocol> protocols;
    private MemberTimeouts timeouts;
    private byte[] assignment = NO_BYTES;

    /** Answered when the join phase ends. */
    private @Nullable CompletableFuture<JoinGroupResponse> awaitingJoin;
    /** Answered when the leader's assignment is committed. */
    private @Nullable CompletableFuture<SyncGroupResponse> awaitingSync;
    /** Joined, and no join phase has ended since. */
    private boolean isNew;

    /** When the member counts as gone unless it is heard before. */
    private long sessionDeadlineNs;

    private @Nullable ShardTimer sessionTimer;

    /** Who a member's client says it is. */
    record MemberClient(String clientId, String clientHost) {}

    /** Both in milliseconds. */
    record MemberTimeouts(int rebalanceMs, int sessionMs) {}

    ClassicMember(
            String id,
            @Nullable String instanceId,
            MemberClient client,
            String protocolType,
            List<MemberProtocol> protocols,
            MemberTimeouts timeouts) {
        this.id = id;
        this.instanceId = instanceId;
        this.client = client;
        this.protocolType = protocolType;
        this.protocols = protocols;
        this.timeouts = timeouts;
    }

    String id() {
        return id;
    }

    /** A static member's successor inherits the member under a new id. */
    void setId(String id) {
        this.id = id;
    }

    /** Null unless the member is static (KIP-345). */
    @Nullable
    String instanceId() {
        return instanceId;
    }

    boolean isStatic() {
        return instanceId != null;
    }

    MemberClient client() {
        return client;
    }

    String protocolType() {
        return protocolType;
    }

    List<MemberProtocol> protocols() {
        return protocols;
    }

    MemberTimeouts timeouts() {
        return timeouts;
    }

    void update(List<MemberProtocol> newProtocols, MemberTimeouts newTimeouts) {
        protocols = newProtocols;
        timeouts = newTimeouts;
    }

    boolean supports(String protocol) {
        return protocols.stream().anyMatch(candidate -> candidate.name().equals(protocol));
    }

    /** What the member says under {@code protocol}; empty if it does not support it. */
    byte[] metadata(@Nullable String protocol) {
        for (MemberProtocol candidate : protocols) {
            if (candidate.name().equals(protocol)) {
                return candidate.metadata();
            }
        }
        return NO_BYTES;
    }

    byte[] assignment() {
        return assignment;
    }

    void setAssignment(byte[] assignment) {
        this.assignment = assignment;
    }

    boolean isNew() {
        return isNew;
    }

    void setNew(boolean isNew) {
        this.isNew = isNew;
    }

    boolean isAwaitingJoin() {
        return awaitingJoin != null;
    }

    @Nullable
    CompletableFuture<JoinGroupResponse> awaitingJoin() {
        return awaitingJoin;
    }

    void setAwaitingJoin(@Nullable CompletableFuture<JoinGroupResponse> future) {
        awaitingJoin = future;
    }

    boolean isAwaitingSync() {
        return awaitingSync != null;
    }

    @Nullable
    CompletableFuture<SyncGroupResponse> awaitingSync() {
        return awaitingSync;
    }

    void setAwaitingSync(@Nullable CompletableFuture<SyncGroupResponse> future) {
        awaitingSync = future;
    }

    long sessionDeadlineNs() {
        return sessionDeadlineNs;
    }

    void setSessionDeadlineNs(long deadlineNs) {
        sessionDeadlineNs = deadlineNs;
    }

    @Nullable
    ShardTimer sessionTimer() {
        return sessionTimer;
    }

    void setSessionTimer(@Nullable ShardTimer timer) {
        sessionTimer = timer;
    }

    @Override
    public String toString() {
        return id + (instanceId == null ? "" : " (" + instanceId + ")");
    }
}
