package io.ottla.broker.handler.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.broker.coordinator.group.GroupCoordinator;
import io.ottla.broker.coordinator.group.GroupSettings;
import io.ottla.broker.coordinator.runtime.Coordination;
import io.ottla.broker.coordinator.runtime.MemoryLog;
import io.ottla.broker.coordinator.runtime.ShardServices;
import io.ottla.broker.coordinator.runtime.ShardSettings;
import io.ottla.broker.coordinator.transaction.TransactionCoordinator;
import io.ottla.broker.handler.TestContext;
import io.ottla.broker.request.RequestHandler;
import io.ottla.loop.ManualLoop;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteGroupsRequest;
import io.ottla.protocol.message.DescribeGroupsRequest;
import io.ottla.protocol.message.FindCoordinatorRequest;
import io.ottla.protocol.message.FindCoordinatorResponse;
import io.ottla.protocol.message.HeartbeatRequest;
import io.ottla.protocol.message.JoinGroupRequest;
import io.ottla.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.LeaveGroupRequest;
import io.ottla.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.ottla.protocol.message.ListGroupsRequest;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.protocol.message.OffsetDeleteRequest;
import io.ottla.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.ottla.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.ottla.protocol.message.SyncGroupRequest;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.protocol.schema.MessageWriter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/**
 * Every version of every API of groups, from the request's bytes to the response's: whatever the coordinator answers, in
 * success and in failure, must be expressible in that version. And where coordinators are found.
 */
class GroupHandlersTest {
    private final ManualLoop loop = ManualLoop.entered();
    private final FakeCluster cluster = new FakeCluster();
    private final GroupCoordinator coordinator = newCoordinator();
    private final FakeTransactions transactions = new FakeTransactions();

    private GroupCoordinator newCoordinator() {
        MemoryLog log = new MemoryLog();
        GroupSettings settings = new GroupSettings(
                1,
                new GroupSettings.Membership(6_000, 60_000, 100, 0),
                new GroupSettings.Offsets(100, 1_000_000, 100_000),
                new ShardSettings(5_000, 100_000, 1_000_000, CompressionCodec.NONE));
        return new GroupCoordinator(
                settings,
                new ShardServices(
                        partition -> loop,
                        loop,
                        log,
                        log,
                        loop.ticker(),
                        loop.clock(),
                        UnpooledByteBufAllocator.DEFAULT),
                cluster,
                () -> UUID.randomUUID().toString());
    }

    private void elect() {
        cluster.announceLeader();
        coordinator.onElection(0, 1);
        loop.runAll();
    }

    private static <M extends ApiMessage> M throughBytes(ApiMessage message, M target, short version) {
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, 256);
        message.write(out, version);
        ByteBuf bytes = out.finish().singleBuffer();
        try {
            target.read(new MessageReader(bytes), version);
            return target;
        } finally {
            bytes.release();
        }
    }

    private <Q extends ApiMessage, S extends ApiMessage> S call(
            RequestHandler<Q, S> handler, ApiMessage request, int version) {
        @SuppressWarnings("unchecked")
        Q asRead = (Q) throughBytes(request, handler.apiKey().newRequest(), (short) version);
        CompletableFuture<S> answer =
                handler.handle(new TestContext(version, loop), asRead).toCompletableFuture();
        loop.runAll();
        assertThat(answer).isCompleted();
        @SuppressWarnings("unchecked")
        S response = (S) throughBytes(answer.join(), handler.apiKey().newResponse(), (short) version);
        S failed = handler.errorResponse(asRead, ErrorCode.UNKNOWN_SERVER_ERROR, "failed");
        assertThat(failed).isNotNull();
        throughBytes(failed, handler.apiKey().newResponse(), (short) version);
        return response;
    }

    private void callAllVersions(RequestHandler<?, ?> handler, IntFunction<? extends ApiMessage> request) {
        for (int version = handler.lowestVersion(); version <= handler.highestVersion(); version++) {
            call(handler, request.apply(version), version);
        }
    }

    private static JoinGroupRequest joinRequest() {
        return new JoinGroupRequest()
                .setGroupId("g")
                .setSessionTimeoutMs(10_000)
                .setProtocolType("consumer")
                .setProtocols(
                        List.of(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {0, 0})));
    }

    private static OffsetCommitRequest commitRequest(int version) {
        OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic()
                .setPartitions(List.of(new OffsetCommitRequestPartition().setCommittedOffset(5)));
        return new OffsetCommitRequest()
                .setGroupId("simple")
                .setTopics(List.of(version < 10 ? topic.setName("t") : topic.setTopicId(FakeCluster.TOPIC_ID)));
    }

    private static OffsetFetchRequest fetchRequest(int version, boolean all) {
        if (version < 8) {
            return new OffsetFetchRequest()
                    .setGroupId("simple")
                    .setTopics(
                            all && version >= 2
                                    ? null
                                    : List.of(new OffsetFetchRequestTopic()
                                            .setName("t")
                                            .setPartitionIndexes(List.of(0, 1))));
        }
        OffsetFetchRequestTopics topic = new OffsetFetchRequestTopics().setPartitionIndexes(List.of(0, 1));
        return new OffsetFetchRequest()
                .setTopics(List.of())
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId("simple")
                        .setTopics(
                                all
                                        ? null
                                        : List.of(
                                                version < 10
                                                        ? topic.setName("t")
                                                        : topic.setTopicId(FakeCluster.TOPIC_ID)))));
    }

    private void callEverything() {
        callAllVersions(
                new JoinGroupHandler(coordinator), version -> joinRequest().setGroupId("g" + version));
        callAllVersions(
                new SyncGroupHandler(coordinator),
                version -> new SyncGroupRequest().setGroupId("g").setMemberId("x"));
        callAllVersions(
                new HeartbeatHandler(coordinator),
                version -> new HeartbeatRequest().setGroupId("g").setMemberId("x"));
        callAllVersions(
                new LeaveGroupHandler(coordinator),
                version -> version < 3
                        ? new LeaveGroupRequest().setGroupId("g").setMemberId("x")
                        : new LeaveGroupRequest()
                                .setGroupId("g")
                                .setMembers(List.of(new MemberIdentity().setMemberId("x"))));
        callAllVersions(new OffsetCommitHandler(coordinator), GroupHandlersTest::commitRequest);
        callAllVersions(new OffsetFetchHandler(coordinator), version -> fetchRequest(version, false));
        callAllVersions(new OffsetFetchHandler(coordinator), version -> fetchRequest(version, true));
        callAllVersions(new OffsetDeleteHandler(coordinator), version -> new OffsetDeleteRequest()
                .setGroupId("g")
                .setTopics(List.of(new OffsetDeleteRequestTopic()
                        .setName("t")
                        .setPartitions(List.of(new OffsetDeleteRequestPartition())))));
        callAllVersions(new DescribeGroupsHandler(coordinator), version -> new DescribeGroupsRequest()
                .setGroups(List.of("g3", "nobody")));
        callAllVersions(new ListGroupsHandler(coordinator), version -> new ListGroupsRequest());
        callAllVersions(new DeleteGroupsHandler(coordinator), version -> new DeleteGroupsRequest()
                .setGroupsNames(List.of("nobody", "simple")));
    }

    @Test
    void everyVersionIsAnsweredByACoordinator() {
        elect();
        callEverything();
    }

    @Test
    void everyVersionIsAnsweredByABrokerThatIsNoCoordinator() {
        callEverything();
    }

    @Test
    void aGroupFormsAtEveryVersionOfJoinGroup() {
        elect();
        JoinGroupHandler handler = new JoinGroupHandler(coordinator);
        for (int version = 0; version <= 9; version++) {
            JoinGroupRequest request = joinRequest().setGroupId("g" + version);
            JoinGroupResponse joined = call(handler, request, version);
            if (version >= 4) {
                assertThat(joined.errorCode()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED.code());
                joined = call(handler, request.setMemberId(joined.memberId()), version);
            }
            assertThat(joined.errorCode()).isZero();
            assertThat(joined.generationId()).isEqualTo(1);
            assertThat(joined.members()).hasSize(1);
        }
    }

    private FindCoordinatorResponse find(int version, int keyType, String... keys) {
        FindCoordinatorRequest request = new FindCoordinatorRequest().setKeyType((byte) keyType);
        if (version < 4) {
            request.setKey(keys[0]);
        } else {
            request.setCoordinatorKeys(List.of(keys));
        }
        return call(new FindCoordinatorHandler(coordinator, transactions, cluster), request, version);
    }

    /** The first partition coordinates all transactional ids; it may be stalled. */
    private final class FakeTransactions implements Coordination {
        boolean stalled;

        @Override
        public int partitionFor(String key) {
            return 0;
        }

        @Override
        public boolean isStalled(int partition) {
            return stalled;
        }
    }

    @Test
    void whoCannotCommitSendsClientsToOthersByHangingUp() {
        elect();
        transactions.stalled = true;
        TestContext context = new TestContext(6, loop);
        FindCoordinatorRequest request =
                new FindCoordinatorRequest().setKeyType((byte) 1).setCoordinatorKeys(List.of("tx"));
        assertThat(new FindCoordinatorHandler(coordinator, transactions, cluster).handle(context, request))
                .isCompletedWithValue(null);
        assertThat(context.closedBecause).hasSize(1);
        assertThat(find(6, 0, "g").coordinators()).hasSize(1);
    }

    @Test
    void theLeaderOfTheGroupsPartitionCoordinatesIt() {
        elect();
        for (int version = 0; version < 4; version++) {
            FindCoordinatorResponse found = find(version, 0, "g");
            assertThat(found.errorCode()).isZero();
            assertThat(found.nodeId()).isEqualTo(7);
            assertThat(found.host()).isEqualTo("broker.example");
            assertThat(found.port()).isEqualTo(9092);
        }
        for (int version = 4; version <= 6; version++) {
            assertThat(find(version, 0, "g", "h").coordinators())
                    .extracting(found -> found.key() + "@" + found.nodeId())
                    .containsExactly("g@7", "h@7");
        }
        assertThat(cluster.created).isEmpty();
    }

    @Test
    void theOffsetsTopicIsCreatedWhenFirstAskedFor() {
        CompletableFuture<FindCoordinatorResponse> found = new FindCoordinatorHandler(
                        coordinator, transactions, cluster)
                .handle(new TestContext(6, loop), new FindCoordinatorRequest().setCoordinatorKeys(List.of("g")))
                .toCompletableFuture();
        assertThat(found).isNotDone();
        cluster.announceLeader();
        cluster.creation.complete(null);
        assertThat(found.join().coordinators().get(0).nodeId()).isEqualTo(FakeCluster.NODE.id());
        assertThat(cluster.created).containsExactly(GroupCoordinator.TOPIC);
    }

    @Test
    void ifItCannotBeCreatedNowClientsAskAgain() {
        cluster.creation.completeExceptionally(new IllegalStateException("no controller"));
        assertThat(find(6, 0, "g").coordinators().get(0).errorCode())
                .isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(find(3, 0, "g").errorCode()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE.code());
    }

    @Test
    void theStateTopicIsCreatedWhenATransactionalIdIsFirstAskedFor() {
        CompletableFuture<FindCoordinatorResponse> found = new FindCoordinatorHandler(
                        coordinator, transactions, cluster)
                .handle(
                        new TestContext(6, loop),
                        new FindCoordinatorRequest().setKeyType((byte) 1).setCoordinatorKeys(List.of("tx", "")))
                .toCompletableFuture();
        assertThat(found).isNotDone();
        cluster.announceLeader();
        cluster.creation.complete(null);
        assertThat(found.join().coordinators().get(0).nodeId()).isEqualTo(FakeCluster.NODE.id());
        assertThat(found.join().coordinators().get(1).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(cluster.created).containsExactly(TransactionCoordinator.TOPIC);
        assertThat(find(3, 1, "tx").nodeId()).isEqualTo(FakeCluster.NODE.id());
    }

    @Test
    void unknownKindsAreRefused() {
        elect();
        assertThat(find(6, 2, "share").coordinators().get(0).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(find(1, 9, "x").errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    }
}
