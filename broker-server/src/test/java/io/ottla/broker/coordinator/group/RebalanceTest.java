package io.ottla.broker.coordinator.group;

import static io.ottla.broker.coordinator.group.GroupFixture.INITIAL_DELAY_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.MAX_SIZE;
import static io.ottla.broker.coordinator.group.GroupFixture.REBALANCE_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.SESSION_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.error;
import static io.ottla.broker.coordinator.group.GroupFixture.join;
import static io.ottla.broker.coordinator.group.GroupFixture.protocol;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How dynamic members come, stay and go: every state and every timeout of the classic protocol. */
class RebalanceTest {
    private final GroupFixture groups = new GroupFixture();

    @Test
    void theFirstMemberLeadsAfterTheInitialDelay() {
        CompletableFuture<JoinGroupResponse> join = groups.joinDynamic();
        groups.loop.advanceMs(INITIAL_DELAY_MS - 1);
        assertThat(join).isNotDone();
        assertThat(groups.state()).isEqualTo("PreparingRebalance");
        groups.loop.advanceMs(1);
        JoinGroupResponse joined = join.join();
        assertThat(error(joined.errorCode())).isEqualTo(ErrorCode.NONE);
        assertThat(joined.generationId()).isEqualTo(1);
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.protocolType()).isEqualTo("consumer");
        assertThat(joined.members()).hasSize(1);
        assertThat(joined.skipAssignment()).isFalse();
        assertThat(groups.state()).isEqualTo("CompletingRebalance");
        groups.syncAll(List.of(joined));
        assertThat(groups.state()).isEqualTo("Stable");
    }

    @Test
    void theInitialDelayStartsOverWhileMembersComeUpToTheRebalanceTimeout() {
        CompletableFuture<JoinGroupResponse> first = groups.joinDynamic();
        groups.loop.advanceMs(INITIAL_DELAY_MS - 1);
        CompletableFuture<JoinGroupResponse> second = groups.joinDynamic();
        groups.loop.advanceMs(INITIAL_DELAY_MS);
        assertThat(first).isNotDone();
        groups.loop.advanceMs(1);
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(first.join().members()).hasSize(2);
        assertThat(second.join().members()).isEmpty();
        assertThat(second.join().leader()).isEqualTo(first.join().memberId());
    }

    @Test
    void withoutInitialDelayTheFirstMemberDoesNotWait() {
        GroupFixture eager = new GroupFixture(0);
        CompletableFuture<JoinGroupResponse> join = eager.joinDynamic();
        eager.loop.advanceMs(0);
        assertThat(join).isCompleted();
    }

    @Test
    void anIdThatNobodyJoinsWithDoesNotHoldTheFirstRebalanceUp() {
        GroupFixture eager = new GroupFixture(0);
        eager.sendJoin(9, join("")).join();
        CompletableFuture<JoinGroupResponse> join = eager.joinDynamic();
        eager.loop.advanceMs(0);
        assertThat(join).isCompleted();
    }

    @Test
    void clientsBeforeVersion4JoinWithoutAnId() {
        CompletableFuture<JoinGroupResponse> join = groups.sendJoin(3, join(""));
        groups.loop.advanceMs(INITIAL_DELAY_MS);
        assertThat(join.join().memberId()).startsWith("client-");
    }

    @Test
    void anIdThatNobodyJoinsWithIsTakenBack() {
        JoinGroupResponse given = groups.sendJoin(9, join("")).join();
        CompletableFuture<JoinGroupResponse> other = groups.joinDynamic();
        groups.loop.advanceMs(SESSION_MS - 1);
        groups.loop.advanceMs(1);
        assertThat(other).isCompleted();
        assertThat(error(groups.sendJoin(9, join(given.memberId())).join().errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aRebalanceWaitsForIdsThatWereGivenOut() {
        List<JoinGroupResponse> members = groups.stableGroup(1);
        JoinGroupResponse given = groups.sendJoin(9, join("")).join();
        CompletableFuture<JoinGroupResponse> rejoin =
                groups.sendJoin(9, join(members.get(0).memberId()));
        assertThat(rejoin).isNotDone();
        CompletableFuture<JoinGroupResponse> join = groups.sendJoin(9, join(given.memberId()));
        assertThat(rejoin).isCompleted();
        assertThat(join).isCompleted();
        assertThat(join.join().generationId()).isEqualTo(2);
    }

    @Test
    void aNewMemberMakesTheOthersJoinAgain() {
        List<JoinGroupResponse> members = groups.stableGroup(2);
        CompletableFuture<JoinGroupResponse> third = groups.joinDynamic();
        assertThat(third).isNotDone();
        assertThat(groups.heartbeat(members.get(0))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        CompletableFuture<JoinGroupResponse> first =
                groups.sendJoin(9, join(members.get(0).memberId()));
        CompletableFuture<JoinGroupResponse> second =
                groups.sendJoin(9, join(members.get(1).memberId()));
        assertThat(List.of(first, second, third)).allMatch(CompletableFuture::isDone);
        List<JoinGroupResponse> joined = List.of(first.join(), second.join(), third.join());
        assertThat(joined).allMatch(member -> member.generationId() == 2);
        groups.syncAll(joined);
        assertThat(groups.heartbeat(joined.get(2))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void membersThatDoNotRejoinInTimeAreRemoved() {
        List<JoinGroupResponse> members = groups.stableGroup(2);
        CompletableFuture<JoinGroupResponse> first =
                groups.sendJoin(9, join(members.get(0).memberId()));
        for (int waited = 0; waited < REBALANCE_MS; waited += 5000) {
            assertThat(first).isNotDone();
            assertThat(groups.heartbeat(members.get(1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
            groups.loop.advanceMs(5000);
        }
        assertThat(first.join().members()).hasSize(1);
        assertThat(groups.heartbeat(members.get(1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void ifTheLeaderDoesNotRejoinAnotherLeads() {
        List<JoinGroupResponse> members = groups.stableGroup(2);
        JoinGroupResponse follower = members.get(1);
        CompletableFuture<JoinGroupResponse> third = groups.joinDynamic();
        CompletableFuture<JoinGroupResponse> rejoin = groups.sendJoin(9, join(follower.memberId()));
        groups.loop.advanceMs(SESSION_MS);
        assertThat(rejoin.join().leader()).isEqualTo(follower.memberId());
        assertThat(third.join().leader()).isEqualTo(follower.memberId());
    }

    @Test
    void aSilentMemberIsRemovedAfterItsSessionTimeout() {
        List<JoinGroupResponse> members = groups.stableGroup(2);
        groups.loop.advanceMs(SESSION_MS - 1);
        assertThat(groups.heartbeat(members.get(0))).isEqualTo(ErrorCode.NONE);
        groups.loop.advanceMs(1);
        assertThat(groups.heartbeat(members.get(0))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(groups.heartbeat(members.get(1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void heartbeatsKeepAMemberForEver() {
        List<JoinGroupResponse> members = groups.stableGroup(1);
        for (int i = 0; i < 50; i++) {
            groups.loop.advanceMs(SESSION_MS - 1);
            assertThat(groups.heartbeat(members.get(0))).isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void commitsKeepAMemberToo() {
        List<JoinGroupResponse> members = groups.stableGroup(1);
        groups.loop.advanceMs(SESSION_MS - 1);
        assertThat(groups.commitError(
                        9,
                        GroupFixture.commit(GroupFixture.GROUP, "t", 0, 1)
                                .setMemberId(members.get(0).memberId())
                                .setGenerationIdOrMemberEpoch(1)))
                .isEqualTo(ErrorCode.NONE);
        groups.loop.advanceMs(SESSION_MS - 1);
        assertThat(groups.heartbeat(members.get(0))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aMemberThatWaitsForOthersNeedsNoHeartbeat() {
        List<JoinGroupResponse> members = groups.stableGroup(2);
        CompletableFuture<JoinGroupResponse> first =
                groups.sendJoin(9, join(members.get(0).memberId()));
        groups.loop.advanceMs(SESSION_MS);
        assertThat(first.join().members()).hasSize(1);
    }

    @Test
    void membersThatDoNotSyncInTimeAreRemoved() {
        CompletableFuture<JoinGroupResponse> first = groups.joinDynamic();
        CompletableFuture<JoinGroupResponse> second = groups.joinDynamic();
        groups.await(List.of(first, second));
        CompletableFuture<SyncGroupResponse> sync = groups.sync(second.join());
        for (int waited = 0; waited < REBALANCE_MS; waited += 5000) {
            groups.heartbeat(first.join());
            groups.loop.advanceMs(5000);
        }
        assertThat(error(sync.join().errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(groups.heartbeat(first.join())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aMemberThatJoinsWhileOthersSyncMakesThemJoinAgain() {
        CompletableFuture<JoinGroupResponse> first = groups.joinDynamic();
        CompletableFuture<JoinGroupResponse> second = groups.joinDynamic();
        groups.await(List.of(first, second));
        CompletableFuture<SyncGroupResponse> sync = groups.sync(second.join());
        groups.joinDynamic();
        assertThat(error(sync.join().errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(error(groups.sync(first.join()).join().errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void followersThatRejoinAStableGroupUnchangedLearnItsGeneration() {
        List<JoinGroupResponse> members = groups.stableGroup(2);
        JoinGroupResponse again =
                groups.sendJoin(9, join(members.get(1).memberId())).join();
        assertThat(again.generationId()).isEqualTo(1);
        assertThat(again.leader()).isEqualTo(members.get(0).memberId());
        assertThat(groups.state()).isEqualTo("Stable");
    }

    @Test
    void aRetriedJoinWhileOthersSyncIsAnsweredAgain() {
        CompletableFuture<JoinGroupResponse> first = groups.joinDynamic();
        groups.await(List.of(first));
        JoinGroupResponse again =
                groups.sendJoin(9, join(first.join().memberId())).join();
        assertThat(again).isEqualTo(first.join());
    }

    @Test
    void changedSubscriptionsRebalance() {
        List<JoinGroupResponse> members = groups.stableGroup(2);
        CompletableFuture<JoinGroupResponse> changed =
                groups.sendJoin(9, join(members.get(1).memberId()).setProtocols(List.of(protocol("range", "u"))));
        assertThat(changed).isNotDone();
        assertThat(groups.heartbeat(members.get(0))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void theProtocolThatMostPreferAmongThoseAllSupportIsChosen() {
        GroupFixture eager = groups;
        eager.joinDynamic(r -> r.setProtocols(List.of(protocol("a", "t"), protocol("b", "t"), protocol("c", "t"))));
        eager.joinDynamic(r -> r.setProtocols(List.of(protocol("c", "t"), protocol("b", "t"))));
        CompletableFuture<JoinGroupResponse> last = eager.joinDynamic(
                r -> r.setProtocols(List.of(protocol("d", "t"), protocol("c", "t"), protocol("b", "t"))));
        eager.await(List.of(last));
        assertThat(last.join().protocolName()).isEqualTo("c");
    }

    @Test
    void membersWithoutACommonProtocolAreRefused() {
        groups.stableGroup(1);
        assertThat(joinError(9, "other-protocol")).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        JoinGroupResponse otherType =
                groups.sendJoin(9, join("").setProtocolType("connect")).join();
        assertThat(error(otherType.errorCode())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(otherType.protocolName()).isNull();
    }

    private ErrorCode joinError(int version, String protocol) {
        return error(groups.sendJoin(version, join("").setProtocols(List.of(protocol(protocol, "t"))))
                .join()
                .errorCode());
    }

    @Test
    void aJoinWithoutProtocolsIsRefusedEvenByAnEmptyGroup() {
        assertThat(error(groups.sendJoin(9, join("").setProtocols(List.of()))
                        .join()
                        .errorCode()))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(error(groups.sendJoin(9, join("").setProtocolType("")).join().errorCode()))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void sessionTimeoutsOutOfRangeAreRefused() {
        for (int sessionMs : new int[] {5_999, 1_800_001}) {
            JoinGroupResponse refused =
                    groups.sendJoin(6, join("").setSessionTimeoutMs(sessionMs)).join();
            assertThat(error(refused.errorCode())).isEqualTo(ErrorCode.INVALID_SESSION_TIMEOUT);
            assertThat(refused.protocolName()).isEmpty();
        }
    }

    @Test
    void anEmptyGroupIdIsRefused() {
        assertThat(error(groups.sendJoin(9, join("").setGroupId("")).join().errorCode()))
                .isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void membersOfUnknownGroupsAreUnknown() {
        assertThat(error(groups.sendJoin(9, join("nobody")).join().errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.heartbeat("nobody", null, 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.leave("nobody")).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aFullGroupTakesNobody() {
        groups.stableGroup(MAX_SIZE);
        JoinGroupResponse refused = groups.sendJoin(9, join("")).join();
        assertThat(error(refused.errorCode())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void moreJoinersThanTheGroupMayHaveAreTurnedAway() {
        for (int i = 0; i < MAX_SIZE; i++) {
            groups.sendJoin(3, join(""));
        }
        assertThat(error(groups.sendJoin(3, join("")).join().errorCode())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void aSecondJoinOfAWaitingMemberAnswersTheFirst() {
        List<JoinGroupResponse> members = groups.stableGroup(2);
        CompletableFuture<JoinGroupResponse> first =
                groups.sendJoin(9, join(members.get(0).memberId()));
        CompletableFuture<JoinGroupResponse> retried =
                groups.sendJoin(9, join(members.get(0).memberId()));
        assertThat(error(first.join().errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(retried).isNotDone();
        groups.sendJoin(9, join(members.get(1).memberId()));
        assertThat(error(retried.join().errorCode())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aNewMemberThatLeavesBeforeItsFirstGenerationIsGone() {
        CompletableFuture<JoinGroupResponse> first = groups.joinDynamic();
        JoinGroupResponse given = groups.sendJoin(9, join("")).join();
        CompletableFuture<JoinGroupResponse> second = groups.sendJoin(9, join(given.memberId()));
        assertThat(groups.leave(given.memberId())).isEqualTo(ErrorCode.NONE);
        assertThat(error(second.join().errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        groups.await(List.of(first, second));
        assertThat(first.join().members()).hasSize(1);
    }

    @Test
    void aGroupWithoutMembersIsEmptyInANewGeneration() {
        List<JoinGroupResponse> members = groups.stableGroup(1);
        assertThat(groups.leave(members.get(0).memberId())).isEqualTo(ErrorCode.NONE);
        assertThat(groups.state()).isEqualTo("Empty");
        CompletableFuture<JoinGroupResponse> next = groups.joinDynamic();
        groups.loop.advanceMs(INITIAL_DELAY_MS);
        assertThat(next.join().generationId()).isEqualTo(3);
    }

    @Test
    void aStableGroupSurvivesAReload() {
        List<JoinGroupResponse> members = groups.stableGroup(3);
        groups.reload();
        assertThat(groups.state()).isEqualTo("Stable");
        members.forEach(member -> assertThat(groups.heartbeat(member)).isEqualTo(ErrorCode.NONE));
        SyncGroupResponse synced = groups.sync(members.get(2)).join();
        assertThat(GroupFixture.text(synced.assignment()))
                .isEqualTo(members.get(2).memberId());
        groups.loop.advanceMs(SESSION_MS);
        assertThat(groups.state()).isEqualTo("Empty");
    }

    @Test
    void whoWaitsDuringAResignationIsToldToLookElsewhere() {
        CompletableFuture<JoinGroupResponse> join = groups.joinDynamic();
        groups.coordinator.onResignation(0, 99);
        groups.loop.runAll();
        assertThat(error(join.join().errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(groups.heartbeat("x", null, 1)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(error(groups.sendJoin(9, join("")).join().errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void whileTheShardLoadsNobodyIsGivenUp() {
        List<JoinGroupResponse> members = groups.stableGroup(1);
        groups.coordinator.onResignation(0, 99);
        groups.coordinator.onElection(0, 100);
        assertThat(groups.heartbeat(members.get(0))).isEqualTo(ErrorCode.NONE);
        CompletableFuture<JoinGroupResponse> join = groups.coordinator.joinGroup(
                GroupFixture.caller(9), join(members.get(0).memberId()));
        assertThat(error(join.join().errorCode())).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        CompletableFuture<SyncGroupResponse> sync =
                groups.coordinator.syncGroup(GroupFixture.syncRequest(members.get(0)));
        assertThat(error(sync.join().errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }
}
