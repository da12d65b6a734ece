package io.ottla.broker.coordinator.group;

import static io.ottla.broker.coordinator.group.GroupFixture.commit;
import static io.ottla.broker.coordinator.group.GroupFixture.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteGroupsRequest;
import io.ottla.protocol.message.GroupMetadataValue;
import io.ottla.protocol.message.JoinGroupRequest;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.LeaveGroupRequest;
import io.ottla.protocol.message.OffsetCommitRequest;
import io.ottla.protocol.message.SyncGroupRequest;
import io.ottla.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a shard knows must be what its log says. Random commands from a seed, with appends that are slow, refused, or of
 * unknown fate, and time that passes; then the shard is loaded from its log and must be the same. Every request must have
 * been answered by then, for a client's connection waits on each.
 */
class ReplayEqualityTest {
    private static final int STEPS = 600;
    private static final List<String> GROUPS = List.of("a", "b", "c");

    private final GroupFixture groups = new GroupFixture(50);
    private final List<CompletableFuture<?>> answers = new ArrayList<>();
    private final Map<String, List<JoinGroupResponse>> joined = new TreeMap<>();

    /** What the log is about. */
    private record Durable(
            Map<String, GroupMetadataValue> written, Map<String, Map<?, CommittedOffset>> offsets, Set<String> live) {}

    private Durable durable() {
        return groups.coordinator
                .runtime()
                .query(0, shard -> {
                    Map<String, Map<?, CommittedOffset>> offsets = new TreeMap<>();
                    GroupStore store = shard.groups();
                    store.offsets()
                            .groupIds()
                            .forEach(id -> offsets.put(id, store.offsets().sorted(id)));
                    Set<String> live = new TreeSet<>(store.ids());
                    live.removeIf(id -> !store.isWritten(id) && !store.offsets().has(id));
                    return new Durable(store.writtenGroups(), offsets, live);
                })
                .join();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void theLiveStateIsThatOfTheLog(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            step(random);
        }
        groups.log.refuse(null);
        groups.log.releaseHeld();
        groups.loop.advanceMs(200_000);
        assertThat(answers).allMatch(CompletableFuture::isDone);
        Durable before = durable();
        groups.reload();
        assertThat(durable()).isEqualTo(before);
        assertThat(groups.log.batches(0)).hasSizeGreaterThan(20);
    }

    private void step(Random random) {
        String group = GROUPS.get(random.nextInt(GROUPS.size()));
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> sendJoin(random, group);
            case 3, 4 -> syncOne(random, group);
            case 5 -> leaveOne(random, group);
            case 6, 7, 8 -> sendCommit(random, group);
            case 9 ->
                answers.add(groups.coordinator
                        .administration()
                        .delete(new DeleteGroupsRequest().setGroupsNames(List.of(group))));
            case 10 -> disturb(random);
            default -> groups.loop.advanceMs(random.nextInt(random.nextInt(10) == 0 ? 20_000 : 100));
        }
        if (random.nextBoolean()) {
            groups.loop.runAll();
        }
    }

    private void sendJoin(Random random, String group) {
        List<JoinGroupResponse> known = joined.computeIfAbsent(group, id -> new ArrayList<>());
        String memberId = known.isEmpty() || random.nextBoolean()
                ? ""
                : known.get(random.nextInt(known.size())).memberId();
        JoinGroupRequest request = join(memberId).setGroupId(group);
        if (memberId.isEmpty() && random.nextInt(3) == 0) {
            request.setGroupInstanceId("static" + random.nextInt(2));
        }
        CompletableFuture<JoinGroupResponse> answer =
                groups.coordinator.joinGroup(GroupFixture.caller(random.nextBoolean() ? 3 : 9), request);
        answers.add(answer.thenAccept(known::add));
    }

    private void syncOne(Random random, String group) {
        List<JoinGroupResponse> known = joined.getOrDefault(group, List.of());
        if (known.isEmpty()) {
            return;
        }
        JoinGroupResponse member = known.get(known.size() - 1 - random.nextInt(Math.min(3, known.size())));
        SyncGroupRequest request = GroupFixture.syncRequest(member).setGroupId(group);
        member.members().forEach(each -> request.assignments()
                .add(new SyncGroupRequestAssignment()
                        .setMemberId(each.memberId())
                        .setAssignment(GroupFixture.bytes("assigned " + random.nextInt(100)))));
        answers.add(groups.coordinator.syncGroup(request));
    }

    private void leaveOne(Random random, String group) {
        List<JoinGroupResponse> known = joined.getOrDefault(group, List.of());
        if (!known.isEmpty()) {
            String memberId = known.get(random.nextInt(known.size())).memberId();
            answers.add(groups.coordinator.leaveGroup(
                    GroupFixture.caller(2),
                    new LeaveGroupRequest().setGroupId(group).setMemberId(memberId)));
        }
    }

    private void sendCommit(Random random, String group) {
        String topic = random.nextBoolean() ? "t" : "u";
        OffsetCommitRequest request = commit(
                random.nextBoolean() ? group : "simple" + random.nextInt(3),
                topic,
                random.nextInt(8),
                random.nextInt(1000));
        answers.add(groups.coordinator.offsets().commit(GroupFixture.caller(9), request));
    }

    private void disturb(Random random) {
        switch (random.nextInt(6)) {
            case 0 -> groups.log.hold();
            case 1 -> groups.log.releaseHeld();
            case 2 -> groups.log.refuse(random.nextBoolean() ? ErrorCode.NOT_ENOUGH_REPLICAS : null);
            case 3 -> groups.coordinator.onTopicsDeleted(Set.of("u"));
            case 4 -> {
                if (groups.log.heldCount() > 0) {
                    boolean written = random.nextBoolean();
                    groups.log.failHeld(
                            written ? ErrorCode.UNKNOWN_SERVER_ERROR : ErrorCode.NOT_ENOUGH_REPLICAS, written);
                }
            }
            default -> {
                groups.log.refuse(null);
                groups.log.releaseHeld();
            }
        }
    }
}
