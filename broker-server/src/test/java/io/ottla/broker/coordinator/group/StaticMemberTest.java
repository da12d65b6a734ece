package io.ottla.broker.coordinator.group;

import static io.ottla.broker.coordinator.group.GroupFixture.INITIAL_DELAY_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.REBALANCE_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.SESSION_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.error;
import static io.ottla.broker.coordinator.group.GroupFixture.identity;
import static io.ottla.broker.coordinator.group.GroupFixture.join;
import static io.ottla.broker.coordinator.group.GroupFixture.protocol;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.LeaveGroupResponse;
import io.ottla.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Static membership (KIP-345): members that return under their instance id, fencing, removal by an operator. */
class StaticMemberTest {
    private final GroupFixture groups = new GroupFixture();
    private JoinGroupResponse leader = new JoinGroupResponse();
    private JoinGroupResponse follower = new JoinGroupResponse();

    @BeforeEach
    void formGroup() {
        CompletableFuture<JoinGroupResponse> first = groups.joinStatic("one");
        CompletableFuture<JoinGroupResponse> second = groups.joinStatic("two");
        groups.await(List.of(first, second));
        leader = first.join();
        follower = second.join();
        groups.syncAll(List.of(leader, follower));
    }

    @Test
    void theyJoinWithoutBeingGivenAnIdFirst() {
        assertThat(leader.memberId()).startsWith("one-");
        assertThat(leader.members())
                .extracting(member -> member.groupInstanceId())
                .containsExactly("one", "two");
    }

    @Test
    void aReturningFollowerKeepsItsAssignmentWithoutARebalance() {
        JoinGroupResponse back = groups.joinStatic("two").join();
        assertThat(back.memberId()).isNotEqualTo(follower.memberId()).startsWith("two-");
        assertThat(back.generationId()).isEqualTo(1);
        assertThat(back.leader()).isEqualTo(leader.memberId());
        assertThat(groups.state()).isEqualTo("Stable");
        SyncGroupResponse synced = groups.sync(back).join();
        assertThat(GroupFixture.text(synced.assignment())).isEqualTo(follower.memberId());
        assertThat(groups.heartbeat(follower.memberId(), "two", 1)).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(groups.heartbeat(follower.memberId(), null, 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.heartbeat(back.memberId(), "two", 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aReturningLeaderIsToldNotToAssign() {
        JoinGroupResponse back = groups.joinStatic("one").join();
        assertThat(back.skipAssignment()).isTrue();
        assertThat(back.leader()).isEqualTo(back.memberId());
        assertThat(back.members()).hasSize(2);
        assertThat(groups.state()).isEqualTo("Stable");
    }

    @Test
    void aReturningLeaderOfAnOlderClientTakesItselfForAFollower() {
        JoinGroupResponse back =
                groups.sendJoin(8, join("").setGroupInstanceId("one")).join();
        assertThat(back.skipAssignment()).isFalse();
        assertThat(back.leader()).isEqualTo(leader.memberId()).isNotEqualTo(back.memberId());
        assertThat(back.members()).isEmpty();
    }

    @Test
    void aReplacementIsAnsweredOnceItIsCommittedAndSurvivesAReload() {
        groups.log.hold();
        CompletableFuture<JoinGroupResponse> back = groups.joinStatic("two");
        assertThat(back).isNotDone();
        groups.log.releaseHeld();
        groups.loop.runAll();
        groups.reload();
        assertThat(groups.heartbeat(back.join().memberId(), "two", 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aReplacementThatCannotBeWrittenIsTakenBack() {
        groups.log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
        JoinGroupResponse back = groups.joinStatic("two").join();
        assertThat(error(back.errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(groups.heartbeat(follower.memberId(), "two", 1)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aReplacementThatChangesTheProtocolRebalances() {
        CompletableFuture<JoinGroupResponse> back = groups.sendJoin(
                9,
                join("").setGroupInstanceId("two")
                        .setProtocols(List.of(protocol("range", "t"), protocol("sticky", "t"))));
        assertThat(back).isCompleted();
        CompletableFuture<JoinGroupResponse> alone = groups.sendJoin(
                9,
                join("").setGroupInstanceId("one")
                        .setProtocols(List.of(protocol("sticky", "t"), protocol("range", "t"))));
        assertThat(alone).isCompleted();
        CompletableFuture<JoinGroupResponse> changed = groups.sendJoin(
                9,
                join("").setGroupInstanceId("two")
                        .setProtocols(List.of(protocol("sticky", "t"), protocol("range", "t"))));
        assertThat(changed).isNotDone();
        assertThat(groups.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aReplacementWhileOthersSyncRebalances() {
        CompletableFuture<JoinGroupResponse> third = groups.joinStatic("three");
        groups.sendJoin(9, join(leader.memberId()).setGroupInstanceId("one"));
        groups.sendJoin(9, join(follower.memberId()).setGroupInstanceId("two"));
        assertThat(groups.state()).isEqualTo("CompletingRebalance");
        CompletableFuture<SyncGroupResponse> waiting = groups.sync(third.join());
        CompletableFuture<JoinGroupResponse> back = groups.joinStatic("three");
        assertThat(error(waiting.join().errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(back).isNotDone();
        assertThat(groups.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void theOldIncarnationIsFencedWhileItJoins() {
        groups.leave(5, identity("", "one"));
        CompletableFuture<JoinGroupResponse> old =
                groups.sendJoin(9, join(follower.memberId()).setGroupInstanceId("two"));
        assertThat(old).isCompleted();
        CompletableFuture<JoinGroupResponse> third = groups.joinStatic("three");
        assertThat(third).isNotDone();
        CompletableFuture<JoinGroupResponse> replaced = groups.joinStatic("three");
        assertThat(error(third.join().errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(replaced).isNotDone();
    }

    @Test
    void aJoinWithTheWrongIdIsFenced() {
        assertThat(error(groups.sendJoin(9, join(leader.memberId()).setGroupInstanceId("two"))
                        .join()
                        .errorCode()))
                .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(error(groups.sendJoin(9, join(leader.memberId()).setGroupInstanceId("nobody"))
                        .join()
                        .errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void aStaticMemberThatIsAwayKeepsItsPlaceUntilItsSessionExpires() {
        GroupFixture fixture = new GroupFixture();
        CompletableFuture<JoinGroupResponse> away =
                fixture.sendJoin(9, join("").setGroupInstanceId("away").setSessionTimeoutMs(200_000));
        CompletableFuture<JoinGroupResponse> here = fixture.joinStatic("here");
        fixture.await(List.of(away, here));
        fixture.syncAll(List.of(away.join(), here.join()));
        CompletableFuture<JoinGroupResponse> third = fixture.joinStatic("third");
        fixture.sendJoin(9, join(here.join().memberId()).setGroupInstanceId("here"));
        fixture.await(List.of(away, here, third));
        assertThat(third.join().generationId()).isEqualTo(2);
        assertThat(third.join().leader()).isEqualTo(here.join().memberId());
        assertThat(fixture.heartbeat(away.join().memberId(), "away", 2)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void ifOnlyAbsentStaticMembersAreLeftTheGroupWaitsForThem() {
        CompletableFuture<JoinGroupResponse> third = groups.joinDynamic();
        for (int waited = 0; waited < REBALANCE_MS; waited += 5_000) {
            groups.heartbeat(leader.memberId(), "one", 1);
            groups.heartbeat(follower.memberId(), "two", 1);
            groups.loop.advanceMs(5_000);
        }
        assertThat(third.join().leader()).isEqualTo(third.join().memberId());
        assertThat(third.join().members()).hasSize(3);
    }

    @Test
    void operatorsRemoveThemByInstanceIdAlone() {
        LeaveGroupResponse left = groups.leave(5, identity("", "two"), identity("", "nobody"), identity("", null));
        assertThat(left.members())
                .extracting(member -> error(member.errorCode()))
                .containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.heartbeat(leader.memberId(), "one", 1)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void leavingUnderAnotherMembersInstanceIdIsFenced() {
        LeaveGroupResponse left = groups.leave(5, identity(leader.memberId(), "two"));
        assertThat(error(left.members().get(0).errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(groups.state()).isEqualTo("Stable");
    }

    @Test
    void olderClientsLeaveOneByOneAndGetTheErrorOfTheResponse() {
        LeaveGroupResponse left = groups.leave(2, identity("nobody", null));
        assertThat(error(left.errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(left.members()).isEmpty();
        assertThat(error(groups.leave(2, identity(leader.memberId(), null)).errorCode()))
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theirSessionsExpireLikeAnybodysElse() {
        groups.loop.advanceMs(SESSION_MS);
        assertThat(groups.state()).isEqualTo("Empty");
        CompletableFuture<JoinGroupResponse> back = groups.joinStatic("one");
        groups.loop.advanceMs(INITIAL_DELAY_MS);
        assertThat(back.join().generationId()).isEqualTo(3);
    }
}
