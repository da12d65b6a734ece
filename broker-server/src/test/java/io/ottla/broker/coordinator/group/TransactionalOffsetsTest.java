package io.ottla.broker.coordinator.group;

import static io.ottla.broker.coordinator.group.GroupFixture.GROUP;
import static io.ottla.broker.coordinator.group.GroupFixture.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.coordinator.runtime.BatchKind;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.DeleteGroupsRequest;
import io.ottla.protocol.message.JoinGroupResponse;
import io.ottla.protocol.message.OffsetFetchRequest;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.ottla.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.ottla.protocol.message.TxnOffsetCommitRequest;
import io.ottla.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import io.ottla.protocol.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.storage.producer.VerificationGuard;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: offsets of a transaction count when it commits and never else, whatever is committed beside it, and a shard that
 * is loaded knows the same. Method: few commits and ends, in all orders that differ; then random ones, over slow and
 * refused appends.
 */
class TransactionalOffsetsTest {
    private static final long ID = 5;

    private final GroupFixture groups = new GroupFixture();

    private CompletableFuture<ErrorCode> send(TxnOffsetCommitRequest request) {
        return send(request, 5);
    }

    private CompletableFuture<ErrorCode> send(TxnOffsetCommitRequest request, int version) {
        CompletableFuture<ErrorCode> answer = groups.coordinator
                .transactionalOffsets()
                .commit(
                        request,
                        (short) version,
                        new BatchKind.Transactional(
                                request.producerId(), request.producerEpoch(), VerificationGuard.NOT_REQUIRED))
                .thenApply(response -> ErrorCode.forCode(
                        response.topics().get(0).partitions().get(0).errorCode()));
        groups.loop.runAll();
        return answer;
    }

    private ErrorCode commitIn(long producerId, int partition, long offset) {
        return send(request(producerId, GROUP, "t", partition, offset)).join();
    }

    private static TxnOffsetCommitRequest request(
            long producerId, String group, String topic, int partition, long offset) {
        return new TxnOffsetCommitRequest()
                .setTransactionalId("tx")
                .setGroupId(group)
                .setProducerId(producerId)
                .setProducerEpoch((short) 1)
                .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new TxnOffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)
                                .setCommittedMetadata("m")))));
    }

    private CompletableFuture<ErrorCode> end(long producerId, Outcome outcome) {
        CompletableFuture<ErrorCode> ended = groups.coordinator
                .transactionalOffsets()
                .end(0, new BatchKind.Marker(producerId, (short) 1, false, new EndTransactionMarker(outcome, 3)));
        groups.loop.runAll();
        return ended;
    }

    private ErrorCode stability(int partition) {
        OffsetFetchRequest request = new OffsetFetchRequest()
                .setRequireStable(true)
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId(GROUP)
                        .setTopics(List.of(
                                new OffsetFetchRequestTopics().setName("t").setPartitionIndexes(List.of(partition))))));
        OffsetFetchResponsePartitions answer = groups.coordinator
                .offsets()
                .fetch(GroupFixture.caller(9), request)
                .join()
                .groups()
                .get(0)
                .topics()
                .get(0)
                .partitions()
                .get(0);
        return ErrorCode.forCode(answer.errorCode());
    }

    private boolean isPending(int partition) {
        return groups.coordinator
                .runtime()
                .query(0, shard -> shard.groups().pending().has(GROUP, new TopicPartition("t", partition)))
                .join();
    }

    @Test
    void anOffsetIsSeenWhenItsTransactionCommits() {
        assertThat(commitIn(ID, 0, 10)).isEqualTo(ErrorCode.NONE);
        assertThat(groups.offsets(GROUP)).isEmpty();
        assertThat(stability(0)).isEqualTo(ErrorCode.UNSTABLE_OFFSET_COMMIT);
        assertThat(end(ID, Outcome.COMMIT)).isCompletedWithValue(ErrorCode.NONE);
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 10L));
        assertThat(stability(0)).isEqualTo(ErrorCode.NONE);
        groups.reload();
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 10L));
    }

    @Test
    void theNewestClientsNameTopicsById() {
        TxnOffsetCommitRequest named = request(ID, GROUP, "", 0, 10);
        named.topics().get(0).setTopicId(new UUID(0, 100));
        assertThat(send(named, 6)).isCompletedWithValue(ErrorCode.NONE);
        end(ID, Outcome.COMMIT);
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 10L));
        named.topics().get(0).setTopicId(new UUID(0, 1));
        assertThat(send(named, 6)).isCompletedWithValue(ErrorCode.UNKNOWN_TOPIC_ID);
    }

    @Test
    void anOffsetOfAnAbortedTransactionIsNever() {
        groups.sendCommit(9, commit(GROUP, "t", 0, 3)).join();
        commitIn(ID, 0, 10);
        end(ID, Outcome.ABORT);
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 3L));
        groups.reload();
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 3L));
    }

    @Test
    void aLoadKnowsWhatIsPendingAndTheEndThatComesLaterDecides() {
        commitIn(ID, 0, 10);
        groups.reload();
        assertThat(groups.offsets(GROUP)).isEmpty();
        assertThat(stability(0)).isEqualTo(ErrorCode.UNSTABLE_OFFSET_COMMIT);
        end(ID, Outcome.COMMIT);
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 10L));
    }

    @Test
    void theLastCommitWinsWhicheverTransactionEndsLast() {
        commitIn(ID, 0, 10);
        commitIn(ID + 1, 0, 20);
        commitIn(ID, 1, 11);
        groups.sendCommit(9, commit(GROUP, "t", 1, 30)).join();
        assertThat(isPending(1)).as("it would never count").isFalse();
        end(ID + 1, Outcome.COMMIT);
        end(ID, Outcome.COMMIT);
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 20L, "t-1", 30L));
        groups.reload();
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 20L, "t-1", 30L));
    }

    @Test
    void nothingExpiresThatATransactionMayYetChange() {
        groups.sendCommit(9, commit(GROUP, "t", 0, 3)).join();
        commitIn(ID, 0, 10);
        groups.loop.advanceMs(GroupFixture.RETENTION_MS + 2 * GroupFixture.CHECK_INTERVAL_MS);
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 3L));
        end(ID, Outcome.ABORT);
        groups.loop.advanceMs(2 * GroupFixture.CHECK_INTERVAL_MS);
        assertThat(groups.offsets(GROUP)).isEmpty();
    }

    @Test
    void aDeletedGroupGetsNoOffsetsFromTransactionsOfBefore() {
        commitIn(ID, 0, 10);
        groups.coordinator.administration().delete(new DeleteGroupsRequest().setGroupsNames(List.of(GROUP)));
        groups.loop.runAll();
        end(ID, Outcome.COMMIT);
        assertThat(groups.offsets(GROUP)).isEmpty();
        groups.reload();
        assertThat(groups.offsets(GROUP)).isEmpty();
    }

    @Test
    void aMemberThatNamesItselfMustBeOfThePresentGeneration() {
        List<JoinGroupResponse> joined = groups.stableGroup(1);
        assertThat(commitIn(ID, 0, 10)).as("a producer that says nothing").isEqualTo(ErrorCode.NONE);
        TxnOffsetCommitRequest named = request(ID, GROUP, "t", 0, 11)
                .setMemberId(joined.get(0).memberId())
                .setGenerationIdOrMemberEpoch(joined.get(0).generationId());
        assertThat(send(named)).isCompletedWithValue(ErrorCode.NONE);
        assertThat(send(named.setGenerationIdOrMemberEpoch(joined.get(0).generationId() - 1)))
                .isCompletedWithValue(ErrorCode.ILLEGAL_GENERATION);
        assertThat(send(named.setMemberId("other"))).isCompletedWithValue(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(send(request(ID, "none", "t", 0, 1).setGenerationIdOrMemberEpoch(3)))
                .isCompletedWithValue(ErrorCode.ILLEGAL_GENERATION);
        assertThat(send(request(ID, GROUP, "none", 0, 1))).isCompletedWithValue(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void aRefusedMarkerLeavesThingsAsTheyWereAndOthersTryAgain() {
        commitIn(ID, 0, 10);
        groups.log.hold();
        CompletableFuture<ErrorCode> marker = end(ID, Outcome.COMMIT);
        var other = groups.sendCommit(9, commit(GROUP, "u", 1, 1));
        groups.log.failHeld(ErrorCode.TRANSACTION_COORDINATOR_FENCED, false);
        groups.log.releaseHeld();
        groups.loop.runAll();
        assertThat(marker).isCompletedWithValue(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        assertThat(other.join().topics().get(0).partitions().get(0).errorCode())
                .isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS.code());
        assertThat(isPending(0)).isTrue();
        assertThat(groups.offsets(GROUP)).isEmpty();
        end(ID, Outcome.COMMIT);
        assertThat(groups.offsets(GROUP)).isEqualTo(Map.of("t-0", 10L));
    }

    /** What the live shard says is what one says that is loaded from the log, open transactions included. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theLiveStateIsThatOfTheLog(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 300; step++) {
            int partition = random.nextInt(3);
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> send(request(random.nextInt(3), GROUP, "t", partition, random.nextInt(1000)));
                case 3, 4 -> end(random.nextInt(3), random.nextBoolean() ? Outcome.COMMIT : Outcome.ABORT);
                case 5 -> groups.sendCommit(9, commit(GROUP, "t", partition, random.nextInt(1000)));
                case 6 -> groups.log.hold();
                case 7 -> groups.log.refuse(random.nextBoolean() ? ErrorCode.NOT_ENOUGH_REPLICAS : null);
                default -> {
                    groups.log.refuse(null);
                    groups.log.releaseHeld();
                    groups.loop.runAll();
                }
            }
        }
        groups.log.refuse(null);
        groups.log.releaseHeld();
        groups.loop.advanceMs(20_000);
        Map<String, Long> offsets = groups.offsets(GROUP);
        List<Boolean> pending = List.of(isPending(0), isPending(1), isPending(2));
        groups.reload();
        assertThat(groups.offsets(GROUP)).isEqualTo(offsets);
        assertThat(List.of(isPending(0), isPending(1), isPending(2))).isEqualTo(pending);
        for (int id = 0; id < 3; id++) {
            end(id, Outcome.COMMIT);
        }
        offsets = groups.offsets(GROUP);
        assertThat(offsets).isNotEmpty();
        groups.reload();
        assertThat(groups.offsets(GROUP)).isEqualTo(offsets);
    }
}
