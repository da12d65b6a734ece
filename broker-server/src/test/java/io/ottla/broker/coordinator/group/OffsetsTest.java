package io.ottla.broker.coordinator.group;

import static io.ottla.broker.coordinator.group.GroupFixture.GROUP;
import static io.ottla.broker.coordinator.group.GroupFixture.caller;
import static io.ottla.broker.coordinator.group.GroupFixture.commit;
import static io.ottla.broker.coordinator.group.GroupFixture.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.protocol.message.OffsetCommitResponse;
import io.ottla.protocol.message.OffsetDeleteRequest;
import io.ottla.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.ottla.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.ottla.protocol.message.OffsetDeleteResponse;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.ottla.protocol.message.OffsetFetchResponse;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.ottla.protocol.record.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Offsets: who may commit what, what is read back at every version, what is deleted. */
class OffsetsTest {
    private final GroupFixture groups = new GroupFixture();

    private static OffsetCommitRequest as(JoinGroupResponse member) {
        return commit(GROUP, "t", 0, 5)
                .setMemberId(member.memberId())
                .setGenerationIdOrMemberEpoch(member.generationId());
    }

    private OffsetFetchResponse fetch(int version, OffsetFetchRequest request) {
        CompletableFuture<OffsetFetchResponse> answer =
                groups.coordinator.offsets().fetch(caller(version), request);
        groups.loop.runAll();
        return answer.join();
    }

    private static OffsetFetchRequest single(String topic, Integer... partitions) {
        return new OffsetFetchRequest()
                .setGroupId(GROUP)
                .setTopics(
                        List.of(new OffsetFetchRequestTopic().setName(topic).setPartitionIndexes(List.of(partitions))));
    }

    @Test
    void consumersThatManageThemselvesCommitWithoutAGroup() {
        assertThat(groups.commitError(9, commit(GROUP, "t", 0, 5))).isEqualTo(ErrorCode.NONE);
        assertThat(groups.offsets(GROUP)).containsExactly(Map.entry("t-0", 5L));
        assertThat(groups.state()).isEqualTo("Empty");
        groups.reload();
        assertThat(groups.offsets(GROUP)).containsExactly(Map.entry("t-0", 5L));
    }

    @Test
    void manyCommitsAreOneAppend() {
        List<CompletableFuture<OffsetCommitResponse>> answers = IntStream.range(0, 50)
                .mapToObj(i -> groups.coordinator.offsets().commit(caller(9), commit("g" + i, "t", i % 8, i)))
                .toList();
        groups.loop.runAll();
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThat(groups.log.batches(0)).hasSize(1);
        assertThat(RecordBatch.recordCount(
                        Unpooled.wrappedBuffer(groups.log.batches(0).get(0)), 0))
                .isEqualTo(50);
    }

    @Test
    void membersCommitInTheirGeneration() {
        JoinGroupResponse member = groups.stableGroup(1).get(0);
        assertThat(groups.commitError(9, as(member))).isEqualTo(ErrorCode.NONE);
        assertThat(groups.commitError(9, as(member).setGenerationIdOrMemberEpoch(9)))
                .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(groups.commitError(9, as(member).setMemberId("x"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.commitError(9, as(member).setGroupInstanceId("x"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void strangersDoNotCommitToAGroupWithMembers() {
        groups.stableGroup(1);
        assertThat(groups.commitError(9, commit(GROUP, "t", 0, 5))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void membersCommitWhileTheGroupPreparesButNotWhileItCompletesARebalance() {
        JoinGroupResponse member = groups.stableGroup(1).get(0);
        CompletableFuture<JoinGroupResponse> second = groups.joinDynamic();
        assertThat(groups.state()).isEqualTo("PreparingRebalance");
        assertThat(groups.commitError(9, as(member))).isEqualTo(ErrorCode.NONE);
        CompletableFuture<JoinGroupResponse> rejoined = groups.sendJoin(9, GroupFixture.join(member.memberId()));
        assertThat(second).isCompleted();
        assertThat(groups.commitError(9, as(rejoined.join()))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(groups.commitError(9, as(member))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @Test
    void generationsOfGroupsThatAreNotKnownAreRefusedAsTheVersionSays() {
        OffsetCommitRequest request = commit(GROUP, "t", 0, 5).setGenerationIdOrMemberEpoch(1);
        assertThat(groups.commitError(8, request)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(groups.commitError(9, request)).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void partitionsThatDoNotExistAreRefusedOneByOne() {
        OffsetCommitRequest request = commit(GROUP, "t", 0, 5);
        List<OffsetCommitRequestTopic> asked = new ArrayList<>(request.topics());
        asked.addAll(commit(GROUP, "t", 8, 5).topics());
        asked.addAll(commit(GROUP, "nothing", 0, 5).topics());
        OffsetCommitResponse response =
                groups.sendCommit(9, request.setTopics(asked)).join();
        assertThat(response.topics())
                .extracting(topic -> error(topic.partitions().get(0).errorCode()))
                .containsExactly(
                        ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(groups.offsets(GROUP)).containsOnlyKeys("t-0");
    }

    @Test
    void metadataThatIsTooLongIsRefused() {
        OffsetCommitRequest request = commit(GROUP, "t", 0, 5);
        OffsetCommitRequestPartition partition =
                request.topics().get(0).partitions().get(0);
        partition.setCommittedMetadata("m".repeat(65));
        assertThat(groups.commitError(9, request)).isEqualTo(ErrorCode.OFFSET_METADATA_TOO_LARGE);
        assertThat(groups.groupIds()).isEmpty();
        partition.setCommittedMetadata(null);
        assertThat(groups.commitError(9, request)).isEqualTo(ErrorCode.NONE);
        assertThat(fetch(5, single("t", 0)).topics().get(0).partitions().get(0).metadata())
                .isEmpty();
    }

    @Test
    void topicsAreNamedByIdFromVersion10() {
        OffsetCommitRequest request = commit(GROUP, "", 1, 5);
        request.topics().get(0).setTopicId(new UUID(0, 100));
        assertThat(groups.commitError(10, request)).isEqualTo(ErrorCode.NONE);
        request.topics().get(0).setTopicId(new UUID(9, 9));
        assertThat(groups.commitError(10, request)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
        assertThat(groups.offsets(GROUP)).containsExactly(Map.entry("t-1", 5L));

        OffsetFetchRequest byId = new OffsetFetchRequest()
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId(GROUP)
                        .setTopics(List.of(
                                new OffsetFetchRequestTopics()
                                        .setTopicId(new UUID(0, 100))
                                        .setPartitionIndexes(List.of(1)),
                                new OffsetFetchRequestTopics()
                                        .setTopicId(new UUID(9, 9))
                                        .setPartitionIndexes(List.of(1))))));
        OffsetFetchResponse response = fetch(10, byId);
        List<OffsetFetchResponsePartitions> partitions = response.groups().get(0).topics().stream()
                .map(topic -> topic.partitions().get(0))
                .toList();
        assertThat(partitions.get(0).committedOffset()).isEqualTo(5);
        assertThat(error(partitions.get(1).errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);

        OffsetFetchRequest all = new OffsetFetchRequest()
                .setGroups(
                        List.of(new OffsetFetchRequestGroup().setGroupId(GROUP).setTopics(null)));
        assertThat(fetch(10, all).groups().get(0).topics())
                .extracting(topic -> topic.topicId())
                .containsExactly(new UUID(0, 100));
        groups.topics.ids.remove("t");
        assertThat(fetch(10, all).groups().get(0).topics()).isEmpty();
    }

    @Test
    void oneGroupIsReadWithItsOffsetsEpochsAndMetadata() {
        groups.sendCommit(9, commit(GROUP, "t", 0, 5));
        OffsetFetchResponse response = fetch(5, single("t", 0, 1));
        assertThat(response.errorCode()).isZero();
        assertThat(response.topics().get(0).partitions().get(0))
                .isEqualTo(new OffsetFetchResponse.OffsetFetchResponsePartition()
                        .setPartitionIndex(0)
                        .setCommittedOffset(5)
                        .setCommittedLeaderEpoch(3)
                        .setMetadata("m"));
        assertThat(response.topics().get(0).partitions().get(1))
                .isEqualTo(new OffsetFetchResponse.OffsetFetchResponsePartition()
                        .setPartitionIndex(1)
                        .setCommittedOffset(-1)
                        .setMetadata(""));
    }

    @Test
    void allTopicsOfAGroupAreReadInOrder() {
        groups.sendCommit(9, commit(GROUP, "u", 1, 1));
        groups.sendCommit(9, commit(GROUP, "t", 2, 2));
        groups.sendCommit(9, commit(GROUP, "t", 1, 3));
        OffsetFetchResponse response =
                fetch(2, new OffsetFetchRequest().setGroupId(GROUP).setTopics(null));
        assertThat(response.topics()).extracting(topic -> topic.name()).containsExactly("t", "u");
        assertThat(response.topics().get(0).partitions())
                .extracting(partition -> partition.partitionIndex())
                .containsExactly(1, 2);
    }

    @Test
    void severalGroupsAreReadTogether() {
        groups.sendCommit(9, commit("a", "t", 0, 1));
        groups.sendCommit(9, commit("b", "t", 0, 2));
        OffsetFetchRequest request = new OffsetFetchRequest();
        for (String group : List.of("a", "b", "unknown")) {
            request.groups()
                    .add(new OffsetFetchRequestGroup()
                            .setGroupId(group)
                            .setTopics(List.of(
                                    new OffsetFetchRequestTopics().setName("t").setPartitionIndexes(List.of(0)))));
        }
        assertThat(fetch(8, request).groups())
                .extracting(group -> group.topics().get(0).partitions().get(0).committedOffset())
                .containsExactly(1L, 2L, -1L);
    }

    @Test
    void errorsOfTheCoordinatorAreWhereTheVersionHasThem() {
        groups.coordinator.onResignation(0, 99);
        groups.loop.runAll();
        OffsetFetchResponse oldest = fetch(1, single("t", 0));
        assertThat(error(oldest.topics().get(0).partitions().get(0).errorCode()))
                .isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(error(fetch(7, single("t", 0)).errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
        OffsetFetchRequest batched =
                new OffsetFetchRequest().setGroups(List.of(new OffsetFetchRequestGroup().setGroupId(GROUP)));
        assertThat(error(fetch(8, batched).groups().get(0).errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(groups.commitError(9, commit(GROUP, "t", 0, 5))).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void readsShowOnlyWhatIsCommitted() {
        groups.log.hold();
        CompletableFuture<OffsetCommitResponse> committed = groups.sendCommit(9, commit(GROUP, "t", 0, 5));
        CompletableFuture<OffsetFetchResponse> read =
                groups.coordinator.offsets().fetch(caller(5), single("t", 0));
        assertThat(committed).isNotDone();
        assertThat(read).isNotDone();
        groups.log.releaseHeld();
        groups.loop.runAll();
        assertThat(committed).isCompleted();
        assertThat(read.join().topics().get(0).partitions().get(0).committedOffset())
                .isEqualTo(5);
    }

    @Test
    void aRefusedCommitLeavesTheOffsetAsItWas() {
        groups.sendCommit(9, commit(GROUP, "t", 0, 5));
        groups.log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(groups.commitError(9, commit(GROUP, "t", 0, 6))).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        groups.log.refuse(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(groups.commitError(9, commit(GROUP, "t", 0, 6))).isEqualTo(ErrorCode.INVALID_COMMIT_OFFSET_SIZE);
        groups.log.refuse(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(groups.commitError(9, commit(GROUP, "t", 0, 6))).isEqualTo(ErrorCode.NOT_COORDINATOR);
        groups.log.refuse(null);
        assertThat(groups.offsets(GROUP)).containsExactly(Map.entry("t-0", 5L));
    }

    @Test
    void aCommitThatTakesTooLongIsAnsweredSo() {
        groups.log.hold();
        CompletableFuture<OffsetCommitResponse> late = groups.sendCommit(9, commit(GROUP, "t", 0, 5));
        groups.loop.advanceMs(5_000);
        assertThat(error(late.join().topics().get(0).partitions().get(0).errorCode()))
                .isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    }

    private OffsetDeleteResponse delete(String topic, int partition) {
        CompletableFuture<OffsetDeleteResponse> answer = groups.coordinator
                .offsets()
                .delete(new OffsetDeleteRequest()
                        .setGroupId(GROUP)
                        .setTopics(List.of(new OffsetDeleteRequestTopic()
                                .setName(topic)
                                .setPartitions(
                                        List.of(new OffsetDeleteRequestPartition().setPartitionIndex(partition))))));
        groups.loop.runAll();
        return answer.join();
    }

    private ErrorCode deleteError(String topic, int partition) {
        return error(
                delete(topic, partition).topics().get(0).partitions().get(0).errorCode());
    }

    @Test
    void offsetsThatNobodyReadsAreDeleted() {
        groups.sendCommit(9, commit(GROUP, "t", 0, 5));
        groups.sendCommit(9, commit(GROUP, "u", 0, 5));
        JoinGroupResponse member = groups.stableGroup(1).get(0);
        assertThat(deleteError("t", 0)).isEqualTo(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
        assertThat(deleteError("u", 0)).isEqualTo(ErrorCode.NONE);
        assertThat(deleteError("u", 1)).isEqualTo(ErrorCode.NONE);
        assertThat(deleteError("nothing", 1)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(groups.offsets(GROUP)).containsOnlyKeys("t-0");
        groups.leave(member.memberId());
        assertThat(deleteError("t", 0)).isEqualTo(ErrorCode.NONE);
        groups.reload();
        assertThat(groups.offsets(GROUP)).isEmpty();
    }

    @Test
    void offsetsOfOtherGroupsThanConsumersAreNotDeletedWhileTheyHaveMembers() {
        groups.joinDynamic(request -> request.setProtocolType("connect"));
        OffsetDeleteResponse response = delete("t", 0);
        assertThat(error(response.errorCode())).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        assertThat(response.topics()).isEmpty();
    }

    @Test
    void offsetsOfUnknownGroupsAreNotDeleted() {
        assertThat(error(delete("t", 0).errorCode())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void deletedTopicsAreForgottenByAllGroups() {
        for (int i = 0; i < 500; i++) {
            groups.sendCommit(9, commit("g" + i, "t", i % 8, i));
        }
        groups.sendCommit(9, commit("g1", "u", 0, 7));
        groups.coordinator.onTopicsDeleted(Set.of("t"));
        groups.loop.runAll();
        assertThat(groups.offsets("g0")).isEmpty();
        assertThat(groups.offsets("g1")).containsOnlyKeys("u-0");
        groups.reload();
        assertThat(groups.groupIds()).containsExactly("g1");
    }
}
