package io.ottla.broker.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.broker.coordinator.runtime.MemoryLog;
import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.broker.coordinator.runtime.ShardSettings;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ConsumerProtocolSubscription;
import io.ottla.protocol.message.DescribeGroupsRequest;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.message.JoinGroupRequest;
import io.ottla.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.LeaveGroupRequest;
import io.ottla.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.ottla.protocol.message.LeaveGroupResponse;
import io.ottla.protocol.message.ListGroupsRequest;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.protocol.message.OffsetCommitResponse;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.protocol.message.OffsetFetchResponse;
import io.ottla.protocol.message.SyncGroupRequest;
import io.ottla.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.ottla.protocol.message.SyncGroupResponse;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.schema.MessageWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One coordinator of all groups, and the requests that a client would send to it. */
final class GroupFixture {
    static final String GROUP = "g";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;
    static final int INITIAL_DELAY_MS = 3_000;
    static final long RETENTION_MS = 7 * 24 * 3_600_000L;
    static final long CHECK_INTERVAL_MS = 600_000L;
    static final int MAX_SIZE = 4;

    final ManualLoop loop = ManualLoop.entered();
    final MemoryLog log = new MemoryLog();
    final Topics topics = new Topics();
    final GroupCoordinator coordinator;
    private int lastSuffix;
    private int leaderEpoch;

    /** The topics of the cluster: whatever the test puts here, with eight partitions each. */
    static final class Topics implements TopicDirectory {
        final Map<String, UUID> ids = new TreeMap<>(Map.of("t", new UUID(0, 100), "u", new UUID(0, 101)));

        @Override
        public @Nullable String nameOf(UUID topicId) {
            return ids.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(topicId))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public @Nullable UUID idOf(String topic) {
            return ids.get(topic);
        }

        @Override
        public boolean has(String topic, int partition) {
            return ids.containsKey(topic) && partition < 8;
        }
    }

    GroupFixture() {
        this(INITIAL_DELAY_MS);
    }

    GroupFixture(int initialDelayMs) {
        GroupSettings settings = new GroupSettings(
                1,
                new GroupSettings.Membership(6_000, 1_800_000, MAX_SIZE, initialDelayMs),
                new GroupSettings.Offsets(64, RETENTION_MS, CHECK_INTERVAL_MS),
                new ShardSettings(5_000, 100_000, 4_096, CompressionCodec.NONE));
        coordinator = new GroupCoordinator(
                settings,
                new ShardServices(
                        partition -> loop,
                        loop,
                        log,
                        log,
                        loop.ticker(),
                        loop.clock(),
                        UnpooledByteBufAllocator.DEFAULT),
                topics,
                () -> "id" + ++lastSuffix);
        coordinator.onElection(0, ++leaderEpoch);
        loop.runAll();
    }

    /** Gives the partition up and gets it back: all soft state is lost. */
    void reload() {
        coordinator.onResignation(0, leaderEpoch);
        loop.runAll();
        coordinator.onElection(0, ++leaderEpoch);
        loop.runAll();
    }

    static GroupCaller caller(int version) {
        return new GroupCaller("client", "/127.0.0.1", (short) version);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static byte[] subscription(String... subscribed) {
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, 64);
        out.writeInt16((short) 1);
        new ConsumerProtocolSubscription().setTopics(List.of(subscribed)).write(out, (short) 1);
        ByteBuf buffer = out.finish().singleBuffer();
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        buffer.release();
        return bytes;
    }

    static JoinGroupRequest join(String memberId) {
        return new JoinGroupRequest()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(REBALANCE_MS)
                .setProtocolType("consumer")
                .setProtocols(List.of(protocol("range", "t")));
    }

    static JoinGroupRequestProtocol protocol(String name, String topic) {
        return new JoinGroupRequestProtocol().setName(name).setMetadata(subscription(topic));
    }

    CompletableFuture<JoinGroupResponse> sendJoin(int version, JoinGroupRequest request) {
        CompletableFuture<JoinGroupResponse> answer = coordinator.joinGroup(caller(version), request);
        loop.runAll();
        return answer;
    }

    /** Gets an id for a dynamic member and joins with it, as clients since 2.2 do. */
    CompletableFuture<JoinGroupResponse> joinDynamic(Consumer<JoinGroupRequest> change) {
        JoinGroupRequest request = join("");
        change.accept(request);
        JoinGroupResponse first = sendJoin(9, request).join();
        assertThat(error(first.errorCode())).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        JoinGroupRequest second = join(first.memberId());
        change.accept(second);
        return sendJoin(9, second);
    }

    CompletableFuture<JoinGroupResponse> joinDynamic() {
        return joinDynamic(request -> {});
    }

    CompletableFuture<JoinGroupResponse> joinStatic(String instanceId) {
        return sendJoin(9, join("").setGroupInstanceId(instanceId));
    }

    CompletableFuture<SyncGroupResponse> sync(JoinGroupResponse joined, String... assignments) {
        return sync(5, joined, assignments);
    }

    /** Syncs as a member; the leader brings assignments as pairs of member id and text. */
    CompletableFuture<SyncGroupResponse> sync(int version, JoinGroupResponse joined, String... assignments) {
        SyncGroupRequest request = syncRequest(joined);
        if (version < 5) {
            request.setProtocolType(null).setProtocolName(null);
        }
        for (int i = 0; i < assignments.length; i += 2) {
            request.assignments()
                    .add(new SyncGroupRequestAssignment()
                            .setMemberId(assignments[i])
                            .setAssignment(bytes(assignments[i + 1])));
        }
        CompletableFuture<SyncGroupResponse> answer = coordinator.syncGroup(request);
        loop.runAll();
        return answer;
    }

    static SyncGroupRequest syncRequest(JoinGroupResponse joined) {
        return new SyncGroupRequest()
                .setGroupId(GROUP)
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId())
                .setProtocolType(joined.protocolType())
                .setProtocolName(joined.protocolName())
                .setAssignments(new ArrayList<>());
    }

    ErrorCode heartbeat(JoinGroupResponse joined) {
        return heartbeat(joined.memberId(), null, joined.generationId());
    }

    ErrorCode heartbeat(String memberId, @Nullable String instanceId, int generation) {
        return error(coordinator
                .heartbeat(new HeartbeatRequest()
                        .setGroupId(GROUP)
                        .setMemberId(memberId)
                        .setGroupInstanceId(instanceId)
                        .setGenerationId(generation))
                .join()
                .errorCode());
    }

    LeaveGroupResponse leave(int version, MemberIdentity... members) {
        LeaveGroupRequest request = new LeaveGroupRequest().setGroupId(GROUP);
        if (version < 3) {
            request.setMemberId(members[0].memberId());
        } else {
            request.setMembers(List.of(members));
        }
        LeaveGroupResponse response =
                coordinator.leaveGroup(caller(version), request).join();
        loop.runAll();
        return response;
    }

    ErrorCode leave(String memberId) {
        return error(leave(5, new MemberIdentity().setMemberId(memberId))
                .members()
                .get(0)
                .errorCode());
    }

    /** Joins as many dynamic members as asked for and brings them to a stable generation. */
    List<JoinGroupResponse> stableGroup(int size) {
        List<CompletableFuture<JoinGroupResponse>> joins = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            joins.add(joinDynamic());
        }
        await(joins);
        List<JoinGroupResponse> joined =
                joins.stream().map(CompletableFuture::join).toList();
        syncAll(joined);
        return joined;
    }

    /** Lets time pass until all are answered, and no longer. */
    void await(List<? extends CompletableFuture<?>> answers) {
        for (int waited = 0; waited < REBALANCE_MS && !answers.stream().allMatch(CompletableFuture::isDone); waited++) {
            loop.advanceMs(1);
        }
        assertThat(answers).allMatch(CompletableFuture::isDone);
    }

    /** Syncs all members of a generation; each is assigned its own id. */
    void syncAll(List<JoinGroupResponse> joined) {
        List<CompletableFuture<SyncGroupResponse>> syncs = new ArrayList<>();
        for (JoinGroupResponse member : joined) {
            List<String> assignments = new ArrayList<>();
            if (member.leader().equals(member.memberId())) {
                joined.forEach(each -> assignments.addAll(List.of(each.memberId(), each.memberId())));
            }
            syncs.add(sync(member, assignments.toArray(new String[0])));
        }
        for (int i = 0; i < joined.size(); i++) {
            assertThat(syncs.get(i)).isCompleted();
            assertThat(text(syncs.get(i).join().assignment()))
                    .isEqualTo(joined.get(i).memberId());
        }
    }

    String state() {
        return coordinator
                .administration()
                .describe(caller(5), new DescribeGroupsRequest().setGroups(List.of(GROUP)))
                .join()
                .groups()
                .get(0)
                .groupState();
    }

    static OffsetCommitRequest commit(String groupId, String topic, int partition, long offset) {
        return new OffsetCommitRequest()
                .setGroupId(groupId)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)
                                .setCommittedLeaderEpoch(3)
                                .setCommittedMetadata("m")))));
    }

    CompletableFuture<OffsetCommitResponse> sendCommit(int version, OffsetCommitRequest request) {
        CompletableFuture<OffsetCommitResponse> answer = coordinator.offsets().commit(caller(version), request);
        loop.runAll();
        return answer;
    }

    ErrorCode commitError(int version, OffsetCommitRequest request) {
        return error(sendCommit(version, request)
                .join()
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .errorCode());
    }

    /** All offsets of a group, as {@code topic-partition}. */
    Map<String, Long> offsets(String groupId) {
        OffsetFetchResponse response = coordinator
                .offsets()
                .fetch(
                        caller(9),
                        new OffsetFetchRequest()
                                .setGroups(List.of(new OffsetFetchRequestGroup()
                                        .setGroupId(groupId)
                                        .setTopics(null))))
                .join();
        Map<String, Long> offsets = new TreeMap<>();
        response.groups().get(0).topics().forEach(topic -> topic.partitions()
                .forEach(partition ->
                        offsets.put(topic.name() + "-" + partition.partitionIndex(), partition.committedOffset())));
        return offsets;
    }

    /** Ids of all groups. */
    TreeSet<String> groupIds() {
        TreeSet<String> ids = new TreeSet<>();
        coordinator
                .administration()
                .list(new ListGroupsRequest())
                .join()
                .groups()
                .forEach(group -> ids.add(group.groupId()));
        return ids;
    }

    static ErrorCode error(short code) {
        return ErrorCode.forCode(code);
    }

    static MemberIdentity identity(String memberId, @Nullable String instanceId) {
        return new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId);
    }
}
