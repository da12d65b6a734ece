package io.ottla.sim.client;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.message.HeartbeatResponse;
import io.ottla.protocol.message.JoinGroupRequest;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.LeaveGroupRequest;
import io.ottla.protocol.message.LeaveGroupResponse;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitResponse;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchResponse;
import io.ottla.protocol.message.SyncGroupRequest;
import io.ottla.protocol.message.SyncGroupResponse;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.sim.client.GroupLedger.Generation;
import io.ottla.sim.world.SimulationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A member of a classic group: joins, lets the group's leader assign partitions, heartbeats, and commits how far it pretends to
 * have read. Now and then it leaves, or falls silent, and comes back as another.
 */
public final class SimMember {
    private static final short JOIN_VERSION = 7;
    private static final short SYNC_VERSION = 5;
    private static final short HEARTBEAT_VERSION = 4;
    private static final short LEAVE_VERSION = 4;
    private static final short COMMIT_VERSION = 8;
    private static final short OFFSET_FETCH_VERSION = 8;
    private static final int SESSION_TIMEOUT_MS = 5_000;
    private static final int REBALANCE_TIMEOUT_MS = 5_000;
    private static final long BACKOFF_MS = 150;
    private static final long TICK_MIN_MS = 300;
    private static final long TICK_MAX_MS = 1_500;
    private static final int STRIDE_MAX = 50;
    private static final int CAPRICE_ONE_IN = 40;
    private static final long SILENCE_MAX_MS = 12_000;
    private static final String PROTOCOL_TYPE = "consumer";
    private static final String PROTOCOL = "range";

    private final ClientNode node;
    private final GroupLedger ledger;
    private final Map<Integer, Long> positions = new TreeMap<>();
    private @Nullable String coordinator;
    private String memberId = "";
    private int generation = -1;
    private boolean busy;
    private boolean stopped;
    private long silentUntilMs;

    public SimMember(ClientNode node, GroupLedger ledger) {
        this.node = node;
        this.ledger = ledger;
    }

    public void start() {
        node.every(TICK_MIN_MS, TICK_MAX_MS, SESSION_TIMEOUT_MS / 2, this::tick);
    }

    /** Does nothing new. */
    public void stop() {
        stopped = true;
    }

    /** Whether nothing that it has begun is under way. */
    public boolean isIdle() {
        return stopped && !busy;
    }

    private void tick() {
        if (busy || stopped || node.world().nowMs() < silentUntilMs) {
            return;
        }
        String known = coordinator;
        if (known == null) {
            busy = true;
            var unused = node.findCoordinator(ClientNode.CoordinatorKind.GROUP, ledger.group())
                    .thenAccept(found -> {
                        busy = false;
                        coordinator = found.orElse(null);
                    });
        } else if (generation < 0) {
            join(known);
        } else if (node.world().random().nextInt(CAPRICE_ONE_IN) == 0) {
            depart(known);
        } else if (positions.isEmpty() || node.world().random().nextBoolean()) {
            heartbeat(known);
        } else {
            commit(known);
        }
    }

    /** Sends; {@code then} gets the response unless there is none. */
    private <R extends ApiMessage> void ask(String to, ApiMessage request, short version, Consumer<R> then) {
        busy = true;
        CompletableFuture<R> sent = node.send(to, request, version);
        var unused = sent.whenComplete((response, failure) -> {
            busy = false;
            if (response == null) {
                coordinator = null;
            } else {
                then.accept(response);
            }
        });
    }

    private void join(String to) {
        JoinGroupRequest request = new JoinGroupRequest()
                .setGroupId(ledger.group())
                .setSessionTimeoutMs(SESSION_TIMEOUT_MS)
                .setRebalanceTimeoutMs(REBALANCE_TIMEOUT_MS)
                .setMemberId(memberId)
                .setProtocolType(PROTOCOL_TYPE);
        request.protocols()
                .add(new JoinGroupRequest.JoinGroupRequestProtocol()
                        .setName(PROTOCOL)
                        .setMetadata(new byte[] {0}));
        this.<JoinGroupResponse>ask(to, request, JOIN_VERSION, response -> {
            ErrorCode error = ErrorCode.forCode(response.errorCode());
            if (error == ErrorCode.MEMBER_ID_REQUIRED) {
                memberId = response.memberId();
                join(to);
            } else if (error == ErrorCode.NONE) {
                memberId = response.memberId();
                sync(to, response);
            } else {
                onError(error);
            }
        });
    }

    private void sync(String to, JoinGroupResponse joined) {
        SyncGroupRequest request = new SyncGroupRequest()
                .setGroupId(ledger.group())
                .setGenerationId(joined.generationId())
                .setMemberId(memberId)
                .setProtocolType(PROTOCOL_TYPE)
                .setProtocolName(PROTOCOL);
        if (joined.leader().equals(memberId)) {
            assign(joined, request);
        }
        this.<SyncGroupResponse>ask(to, request, SYNC_VERSION, response -> {
            ErrorCode error = ErrorCode.forCode(response.errorCode());
            if (error == ErrorCode.NONE) {
                begin(to, joined.generationId(), response.assignment());
            } else {
                onError(error);
            }
        });
    }

    /** Each byte of an assignment is a partition. */
    private void assign(JoinGroupResponse joined, SyncGroupRequest request) {
        List<JoinGroupResponse.JoinGroupResponseMember> members = joined.members();
        for (int i = 0; i < members.size(); i++) {
            List<Byte> mine = new ArrayList<>();
            for (int partition = i; partition < ledger.partitions(); partition += members.size()) {
                mine.add((byte) partition);
            }
            byte[] assignment = new byte[mine.size()];
            for (int j = 0; j < assignment.length; j++) {
                assignment[j] = mine.get(j);
            }
            request.assignments()
                    .add(new SyncGroupRequest.SyncGroupRequestAssignment()
                            .setMemberId(members.get(i).memberId())
                            .setAssignment(assignment));
        }
    }

    private void begin(String to, int next, byte[] assignment) {
        generation = next;
        positions.clear();
        ledger.owns(new Generation(next, memberId), assignment, node);
        if (assignment.length > 0) {
            fetchOffsets(to, assignment);
        }
    }

    private void fetchOffsets(String to, byte[] assignment) {
        OffsetFetchRequest.OffsetFetchRequestTopics topic =
                new OffsetFetchRequest.OffsetFetchRequestTopics().setName(node.topic());
        Map<Integer, Long> floors = new TreeMap<>();
        for (byte partition : assignment) {
            floors.put((int) partition, ledger.floor(partition));
            topic.partitionIndexes().add((int) partition);
        }
        OffsetFetchRequest.OffsetFetchRequestGroup asked =
                new OffsetFetchRequest.OffsetFetchRequestGroup().setGroupId(ledger.group());
        asked.setTopics(new ArrayList<>(List.of(topic)));
        OffsetFetchRequest request = new OffsetFetchRequest();
        request.groups().add(asked);
        int of = generation;
        this.<OffsetFetchResponse>ask(to, request, OFFSET_FETCH_VERSION, response -> {
            OffsetFetchResponse.OffsetFetchResponseGroup group =
                    response.groups().get(0);
            if (group.errorCode() != ErrorCode.NONE.code()) {
                onError(ErrorCode.forCode(group.errorCode()));
                return;
            }
            for (OffsetFetchResponse.OffsetFetchResponsePartitions found :
                    group.topics().get(0).partitions()) {
                if (found.errorCode() == ErrorCode.NONE.code() && of == generation) {
                    long offset = Math.max(0, found.committedOffset());
                    ledger.found(found.partitionIndex(), floors.getOrDefault(found.partitionIndex(), 0L), offset);
                    positions.put(found.partitionIndex(), offset);
                }
            }
        });
    }

    private void heartbeat(String to) {
        HeartbeatRequest request = new HeartbeatRequest()
                .setGroupId(ledger.group())
                .setGenerationId(generation)
                .setMemberId(memberId);
        this.<HeartbeatResponse>ask(
                to, request, HEARTBEAT_VERSION, response -> onError(ErrorCode.forCode(response.errorCode())));
    }

    private void commit(String to) {
        OffsetCommitRequest request = new OffsetCommitRequest()
                .setGroupId(ledger.group())
                .setGenerationIdOrMemberEpoch(generation)
                .setMemberId(memberId);
        OffsetCommitRequest.OffsetCommitRequestTopic topic =
                new OffsetCommitRequest.OffsetCommitRequestTopic().setName(node.topic());
        Map<Integer, Long> sent = new TreeMap<>();
        positions.replaceAll(
                (partition, offset) -> offset + node.world().random().nextInt(STRIDE_MAX));
        positions.forEach((partition, offset) -> {
            ledger.attempts(partition, offset);
            sent.put(partition, offset);
            topic.partitions()
                    .add(new OffsetCommitRequest.OffsetCommitRequestPartition()
                            .setPartitionIndex(partition)
                            .setCommittedOffset(offset));
        });
        request.topics().add(topic);
        busy = true;
        CompletableFuture<OffsetCommitResponse> asked = node.send(to, request, COMMIT_VERSION);
        var unused = asked.whenComplete((response, failure) -> {
            busy = false;
            if (response == null) {
                sent.forEach(ledger::doubts);
                coordinator = null;
                return;
            }
            ErrorCode last = ErrorCode.NONE;
            for (OffsetCommitResponse.OffsetCommitResponsePartition partition :
                    response.topics().get(0).partitions()) {
                ErrorCode error = ErrorCode.forCode(partition.errorCode());
                long offset = sent.getOrDefault(partition.partitionIndex(), 0L);
                if (error == ErrorCode.NONE) {
                    ledger.confirms(partition.partitionIndex(), offset);
                } else {
                    ledger.doubts(partition.partitionIndex(), offset);
                    last = error;
                }
            }
            onError(last);
        });
    }

    /** Leaves with or without a word, and comes back later as a member that nobody knows. */
    private void depart(String to) {
        silentUntilMs = node.world().nowMs() + node.world().random().nextInt((int) SILENCE_MAX_MS);
        if (node.world().random().nextBoolean()) {
            LeaveGroupRequest request = new LeaveGroupRequest().setGroupId(ledger.group());
            request.members().add(new LeaveGroupRequest.MemberIdentity().setMemberId(memberId));
            this.<LeaveGroupResponse>ask(to, request, LEAVE_VERSION, response -> {});
        }
        forget();
        memberId = "";
    }

    private void forget() {
        generation = -1;
        positions.clear();
    }

    private void onError(ErrorCode error) {
        switch (error) {
            case NONE -> {
                // All is well.
            }
            case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> {
                forget();
                memberId = "";
            }
            case ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS -> forget();
            case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, REQUEST_TIMED_OUT -> {
                coordinator = null;
                silentUntilMs = node.world().nowMs() + BACKOFF_MS;
            }
            default -> {
                if (!error.retriable() && error != ErrorCode.UNKNOWN_SERVER_ERROR) {
                    throw node.world()
                            .fail(new SimulationFailure(
                                    "a correct member meets errors of its protocol only",
                                    "",
                                    memberId + " in generation " + generation + ": " + error,
                                    null));
                }
                coordinator = null;
            }
        }
    }
}
