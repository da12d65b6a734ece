package io.ottla.broker.coordinator.group;

import static io.ottla.broker.coordinator.group.GroupFixture.CHECK_INTERVAL_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.GROUP;
import static io.ottla.broker.coordinator.group.GroupFixture.RETENTION_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.SESSION_MS;
import static io.ottla.broker.coordinator.group.GroupFixture.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.JoinGroupResponse;
import org.junit.jupiter.api.Test;

/** When offsets expire (KIP-211): by the age of the commit, of the group's emptiness, or by the client's own wish. */
class ExpiryTest {
    private final GroupFixture groups = new GroupFixture();

    private void commitAs(JoinGroupResponse member, String topic) {
        groups.sendCommit(
                9,
                commit(GROUP, topic, 0, 5)
                        .setMemberId(member.memberId())
                        .setGenerationIdOrMemberEpoch(member.generationId()));
    }

    /** Lets time pass with a member that stays alive. */
    private void advanceAlive(JoinGroupResponse member, long ms) {
        for (long passed = 0; passed < ms; passed += SESSION_MS - 1) {
            groups.loop.advanceMs(SESSION_MS - 1);
            assertThat(groups.heartbeat(member)).isEqualTo(ErrorCode.NONE);
        }
    }

    @Test
    void offsetsOfGroupsWithoutMembersExpireByTheAgeOfTheCommit() {
        groups.sendCommit(9, commit("simple", "t", 0, 1));
        groups.loop.advanceMs(RETENTION_MS / 2);
        groups.sendCommit(9, commit("simple", "t", 1, 1));
        groups.loop.advanceMs(RETENTION_MS / 2 - CHECK_INTERVAL_MS);
        assertThat(groups.offsets("simple")).hasSize(2);
        groups.loop.advanceMs(2 * CHECK_INTERVAL_MS);
        assertThat(groups.offsets("simple")).containsOnlyKeys("t-1");
        groups.loop.advanceMs(RETENTION_MS / 2 + CHECK_INTERVAL_MS);
        assertThat(groups.groupIds()).isEmpty();
        groups.reload();
        assertThat(groups.groupIds()).isEmpty();
    }

    @Test
    void offsetsOfAGroupThatHadMembersExpireByTheTimeItIsEmpty() {
        JoinGroupResponse member = groups.stableGroup(1).get(0);
        commitAs(member, "t");
        advanceAlive(member, CHECK_INTERVAL_MS);
        groups.leave(member.memberId());
        groups.loop.advanceMs(RETENTION_MS - CHECK_INTERVAL_MS);
        groups.reload();
        assertThat(groups.offsets(GROUP)).hasSize(1);
        groups.loop.advanceMs(CHECK_INTERVAL_MS - 1);
        assertThat(groups.groupIds()).containsExactly(GROUP);
        groups.loop.advanceMs(CHECK_INTERVAL_MS);
        assertThat(groups.groupIds()).isEmpty();
        groups.reload();
        assertThat(groups.groupIds()).isEmpty();
    }

    @Test
    void aStableGroupKeepsTheOffsetsOfItsTopicsOnly() {
        JoinGroupResponse member = groups.stableGroup(1).get(0);
        commitAs(member, "t");
        commitAs(member, "u");
        advanceAlive(member, RETENTION_MS + CHECK_INTERVAL_MS);
        assertThat(groups.offsets(GROUP)).containsOnlyKeys("t-0");
    }

    @Test
    void theClientsOwnRetentionGoesFirst() {
        groups.sendCommit(4, commit("simple", "t", 0, 1).setRetentionTimeMs(1000));
        groups.sendCommit(4, commit("simple", "t", 1, 1).setRetentionTimeMs(2 * RETENTION_MS));
        groups.reload();
        groups.loop.advanceMs(CHECK_INTERVAL_MS);
        assertThat(groups.offsets("simple")).containsOnlyKeys("t-1");
        groups.loop.advanceMs(RETENTION_MS + CHECK_INTERVAL_MS);
        assertThat(groups.offsets("simple")).containsOnlyKeys("t-1");
        groups.loop.advanceMs(RETENTION_MS);
        assertThat(groups.offsets("simple")).isEmpty();
    }

    @Test
    void whatCannotBeWrittenDoesNotExpireYet() {
        groups.sendCommit(9, commit("simple", "t", 0, 1));
        groups.log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
        groups.loop.advanceMs(RETENTION_MS + CHECK_INTERVAL_MS);
        assertThat(groups.offsets("simple")).hasSize(1);
        assertThat(groups.groupIds()).containsExactly("simple");
        groups.log.refuse(null);
        groups.loop.advanceMs(CHECK_INTERVAL_MS);
        assertThat(groups.groupIds()).isEmpty();
    }
}
