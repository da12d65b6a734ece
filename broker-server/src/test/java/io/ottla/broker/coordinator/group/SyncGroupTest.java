package io.ottla.broker.coordinator.group;

import static io.ottla.broker.coordinator.group.GroupFixture.SESSION_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.error;
import static io.ottla.broker.coordinator.group.GroupFixture.syncRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.SyncGroupRequest;
import io.ottla.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The assignment's way from the leader through the log to the members, and who may ask for it. */
class SyncGroupTest {
    private final GroupFixture groups = new GroupFixture();

    private List<JoinGroupResponse> joinTwo() {
        CompletableFuture<JoinGroupResponse> first = groups.joinDynamic();
        CompletableFuture<JoinGroupResponse> second = groups.joinDynamic();
        groups.await(List.of(first, second));
        return List.of(first.join(), second.join());
    }

    private ErrorCode syncError(SyncGroupRequest request) {
        CompletableFuture<SyncGroupResponse> answer = groups.coordinator.syncGroup(request);
        groups.loop.runAll();
        return error(answer.join().errorCode());
    }

    @Test
    void assignmentsAreGivenOutOnceCommitted() {
        List<JoinGroupResponse> members = joinTwo();
        CompletableFuture<SyncGroupResponse> follower = groups.sync(members.get(1));
        groups.log.hold();
        CompletableFuture<SyncGroupResponse> leader = groups.sync(
                members.get(0), members.get(0).memberId(), "L", members.get(1).memberId(), "F");
        assertThat(follower).isNotDone();
        assertThat(leader).isNotDone();
        assertThat(groups.state()).isEqualTo("CompletingRebalance");
        groups.log.releaseHeld();
        groups.loop.runAll();
        assertThat(GroupFixture.text(leader.join().assignment())).isEqualTo("L");
        assertThat(GroupFixture.text(follower.join().assignment())).isEqualTo("F");
        assertThat(follower.join().protocolName()).isEqualTo("range");
        assertThat(follower.join().protocolType()).isEqualTo("consumer");
        assertThat(groups.state()).isEqualTo("Stable");
    }

    @Test
    void aMemberWithoutAssignmentGetsAnEmptyOneAndStrangersNone() {
        List<JoinGroupResponse> members = joinTwo();
        CompletableFuture<SyncGroupResponse> follower = groups.sync(members.get(1));
        groups.sync(members.get(0), "stranger", "S");
        assertThat(error(follower.join().errorCode())).isEqualTo(ErrorCode.NONE);
        assertThat(follower.join().assignment()).isEmpty();
    }

    @Test
    void aFailedWriteMakesTheMembersStartOver() {
        List<JoinGroupResponse> members = joinTwo();
        CompletableFuture<SyncGroupResponse> follower = groups.sync(members.get(1));
        groups.log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
        CompletableFuture<SyncGroupResponse> leader = groups.sync(members.get(0));
        assertThat(error(leader.join().errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(error(follower.join().errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(groups.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void aSlowWriteMakesTheMembersStartOver() {
        List<JoinGroupResponse> members = joinTwo();
        groups.log.hold();
        CompletableFuture<SyncGroupResponse> leader = groups.sync(members.get(0));
        groups.loop.advanceMs(5_000);
        assertThat(error(leader.join().errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        groups.log.releaseHeld();
        groups.loop.runAll();
        assertThat(groups.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void anAssignmentThatAnotherRebalanceOvertakesIsDropped() {
        List<JoinGroupResponse> members = joinTwo();
        groups.log.hold();
        CompletableFuture<SyncGroupResponse> leader =
                groups.sync(members.get(0), members.get(0).memberId(), "L");
        groups.joinDynamic();
        assertThat(error(leader.join().errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        groups.log.releaseHeld();
        groups.loop.runAll();
        assertThat(groups.state()).isEqualTo("PreparingRebalance");
    }

    @Test
    void whoSyncsMustBeAMemberOfTheGenerationAndProtocol() {
        List<JoinGroupResponse> members = joinTwo();
        JoinGroupResponse member = members.get(1);
        assertThat(syncError(syncRequest(member).setGenerationId(7))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(syncError(syncRequest(member).setMemberId("x"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(syncError(syncRequest(member).setProtocolName("x")))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(syncError(syncRequest(member).setProtocolType("x")))
                .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(syncError(syncRequest(member).setGroupId("other"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(syncError(syncRequest(member).setGroupId(""))).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    @Test
    void olderClientsNeedNotSayTheirProtocol() {
        List<JoinGroupResponse> members = joinTwo();
        CompletableFuture<SyncGroupResponse> follower = groups.sync(4, members.get(1));
        groups.sync(4, members.get(0), members.get(1).memberId(), "F");
        assertThat(GroupFixture.text(follower.join().assignment())).isEqualTo("F");
    }

    @Test
    void aSecondSyncOfAWaitingMemberAnswersTheFirst() {
        List<JoinGroupResponse> members = joinTwo();
        CompletableFuture<SyncGroupResponse> first = groups.sync(members.get(1));
        CompletableFuture<SyncGroupResponse> retried = groups.sync(members.get(1));
        assertThat(error(first.join().errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        groups.sync(members.get(0), members.get(1).memberId(), "F");
        assertThat(GroupFixture.text(retried.join().assignment())).isEqualTo("F");
    }

    @Test
    void aMemberThatLeavesWhileItWaitsIsAnswered() {
        List<JoinGroupResponse> members = joinTwo();
        CompletableFuture<SyncGroupResponse> follower = groups.sync(members.get(1));
        groups.leave(members.get(1).memberId());
        assertThat(error(follower.join().errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void heartbeatsAreCheckedAndCountWhileOthersSync() {
        List<JoinGroupResponse> members = joinTwo();
        JoinGroupResponse member = members.get(1);
        assertThat(groups.heartbeat(member)).isEqualTo(ErrorCode.NONE);
        assertThat(groups.heartbeat(member.memberId(), null, 2)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(groups.heartbeat("x", null, 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.heartbeat(member.memberId(), "i", 1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        groups.loop.advanceMs(SESSION_MS - 1);
        groups.heartbeat(member);
        groups.loop.advanceMs(1);
        assertThat(groups.heartbeat(members.get(0))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(groups.heartbeat(member)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aMemberThatWaitsForItsAssignmentNeedsNoHeartbeat() {
        List<JoinGroupResponse> members = joinTwo();
        CompletableFuture<SyncGroupResponse> follower = groups.sync(members.get(1));
        for (int i = 0; i < 3; i++) {
            groups.loop.advanceMs(SESSION_MS - 1);
            groups.heartbeat(members.get(0));
        }
        groups.sync(members.get(0), members.get(1).memberId(), "F");
        assertThat(GroupFixture.text(follower.join().assignment())).isEqualTo("F");
        groups.loop.advanceMs(SESSION_MS - 1);
        assertThat(groups.heartbeat(members.get(1))).isEqualTo(ErrorCode.NONE);
    }
}
