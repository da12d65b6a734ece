package io.ottla.broker.coordinator.group;

import static io.ottla.broker.coordinator.group.GroupFixture.GROUP;
import static io.ottla.broker.coordinator.group.GroupFixture.caller;
import static io.ottla.broker.coordinator.group.GroupFixture.commit;
import static io.ottla.broker.coordinator.group.GroupFixture.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteGroupsRequest;
import io.ottla.protocol.message.DeleteGroupsResponse;
import io.ottla.protocol.message.DescribeGroupsRequest;
import io.ottla.protocol.message.DescribeGroupsResponse.DescribedGroup;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.ListGroupsRequest;
import io.ottla.protocol.message.ListGroupsResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Groups as operators describe, list and delete them. */
class GroupAdministrationTest {
    private static final int READ_DELETE_DESCRIBE = 328;

    private final GroupFixture groups = new GroupFixture();

    private DescribedGroup describe(int version, String groupId) {
        DescribeGroupsRequest request =
                new DescribeGroupsRequest().setGroups(List.of(groupId)).setIncludeAuthorizedOperations(version == 4);
        return groups.coordinator
                .administration()
                .describe(caller(version), request)
                .join()
                .groups()
                .get(0);
    }

    private ListGroupsResponse list(List<String> states, List<String> types) {
        return groups.coordinator
                .administration()
                .list(new ListGroupsRequest().setStatesFilter(states).setTypesFilter(types))
                .join();
    }

    private List<ErrorCode> delete(String... groupIds) {
        CompletableFuture<DeleteGroupsResponse> answer =
                groups.coordinator.administration().delete(new DeleteGroupsRequest().setGroupsNames(List.of(groupIds)));
        groups.loop.runAll();
        return answer.join().results().stream()
                .map(result -> error(result.errorCode()))
                .toList();
    }

    @Test
    void aStableGroupShowsItsMembersAndAssignments() {
        JoinGroupResponse member = groups.stableGroup(1).get(0);
        DescribedGroup group = describe(5, GROUP);
        assertThat(group.groupState()).isEqualTo("Stable");
        assertThat(group.protocolType()).isEqualTo("consumer");
        assertThat(group.protocolData()).isEqualTo("range");
        assertThat(group.authorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(group.members()).hasSize(1);
        assertThat(group.members().get(0).memberId()).isEqualTo(member.memberId());
        assertThat(group.members().get(0).clientId()).isEqualTo("client");
        assertThat(group.members().get(0).clientHost()).isEqualTo("/127.0.0.1");
        assertThat(group.members().get(0).memberMetadata()).isEqualTo(GroupFixture.subscription("t"));
        assertThat(GroupFixture.text(group.members().get(0).memberAssignment())).isEqualTo(member.memberId());
        assertThat(describe(4, GROUP).authorizedOperations()).isEqualTo(READ_DELETE_DESCRIBE);
    }

    @Test
    void anUnstableGroupShowsOnlyWhoItsMembersAre() {
        groups.joinDynamic();
        DescribedGroup group = describe(5, GROUP);
        assertThat(group.groupState()).isEqualTo("PreparingRebalance");
        assertThat(group.protocolData()).isEmpty();
        assertThat(group.members().get(0).memberMetadata()).isEmpty();
        assertThat(group.members().get(0).memberAssignment()).isEmpty();
    }

    @Test
    void anUnknownGroupIsDeadOrAnErrorAsTheVersionSays() {
        DescribedGroup old = describe(5, "nobody");
        assertThat(error(old.errorCode())).isEqualTo(ErrorCode.NONE);
        assertThat(old.groupState()).isEqualTo("Dead");
        DescribedGroup recent = describe(6, "nobody");
        assertThat(error(recent.errorCode())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(recent.groupState()).isEqualTo("Dead");
        assertThat(recent.errorMessage()).isEqualTo("Group nobody not found.");
    }

    @Test
    void groupsAreListedByStateAndTypeWhateverTheirCase() {
        groups.stableGroup(1);
        groups.sendCommit(9, commit("simple", "t", 0, 1));
        assertThat(list(List.of(), List.of()).groups())
                .extracting(group -> group.groupId() + ":" + group.protocolType() + ":" + group.groupState() + ":"
                        + group.groupType())
                .containsExactly("g:consumer:Stable:classic", "simple::Empty:classic");
        assertThat(list(List.of("stable"), List.of()).groups())
                .extracting(group -> group.groupId())
                .containsExactly("g");
        assertThat(list(List.of(), List.of("Classic")).groups()).hasSize(2);
        assertThat(list(List.of(), List.of("consumer")).groups()).isEmpty();
        assertThat(list(List.of("nonsense"), List.of()).groups()).isEmpty();
    }

    @Test
    void aListDuringALoadSaysThatItIsNotWhole() {
        groups.coordinator.onResignation(0, 98);
        groups.coordinator.onElection(0, 99);
        assertThat(error(list(List.of(), List.of()).errorCode())).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @Test
    void groupsWithoutMembersAreDeletedForGood() {
        groups.sendCommit(9, commit("simple", "t", 0, 1));
        JoinGroupResponse member = groups.stableGroup(1).get(0);
        assertThat(delete(GROUP, "simple", "nobody"))
                .containsExactly(ErrorCode.NON_EMPTY_GROUP, ErrorCode.NONE, ErrorCode.GROUP_ID_NOT_FOUND);
        groups.leave(member.memberId());
        assertThat(delete(GROUP)).containsExactly(ErrorCode.NONE);
        assertThat(groups.groupIds()).isEmpty();
        groups.reload();
        assertThat(groups.groupIds()).isEmpty();
    }

    @Test
    void aDeletionThatCannotBeWrittenLeavesTheGroup() {
        groups.sendCommit(9, commit("simple", "t", 0, 1));
        groups.log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(delete("simple")).containsExactly(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(groups.groupIds()).containsExactly("simple");
        assertThat(groups.offsets("simple")).containsOnlyKeys("t-0");
    }
}
