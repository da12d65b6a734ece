package io.ottla.replication.partition;

import static io.ottla.replication.partition.ReplicaFixture.BROKER;
import static io.ottla.replication.partition.ReplicaFixture.NOW_MS;
import static io.ottla.replication.partition.ReplicaFixture.TOPIC_ID;
import static io.ottla.replication.partition.ReplicaFixture.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.replication.partition.IsrChanges.Answer;
import io.ottla.replication.partition.ReplicaFixture.Append;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gap in a producer's sequences is called a loss only by a leader that certainly is one, and has been for a while. */
class SequenceGapsTest {

    private ReplicaFixture fixture;
    private Partition partition;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new ReplicaFixture(directory, 8);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aProduceBehindOneThatWasRefusedBeforeTheLeadWasTakenIsRefusedAlike() {
        lead(0, BROKER);
        assertThat(errorOf(produce(0))).isEqualTo(ErrorCode.NONE);
        fixture.order(1, "t", TOPIC_ID, state(0, 2, 1, 2, BROKER));
        assertThat(errorOf(produce(1))).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        lead(2, BROKER);
        assertThat(errorOf(produce(2))).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(errorOf(produce(1))).isEqualTo(ErrorCode.NONE);
        assertThat(errorOf(produce(2))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void afterAWhileAGapIsAGap() {
        lead(1, BROKER);
        produce(0);
        advance(SequenceGaps.BEGINNING_NS);
        assertThat(errorOf(produce(2))).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void aNewerEpochOfTheSameLeaderIsNoNewBeginning() {
        lead(1, BROKER);
        produce(0);
        advance(SequenceGaps.BEGINNING_NS);
        lead(2, BROKER);
        assertThat(errorOf(produce(2))).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void aLeaderWithFollowersAsksTheControllerFirst() {
        lead(0, BROKER, 2);
        produce(0);
        Append gap = produce(5);
        assertThat(gap.results).isEmpty();
        assertThat(fixture.proposals).singleElement().satisfies(proposal -> assertThat(proposal.brokerIds())
                .containsExactly(BROKER, 2));
        Append another = produce(6);
        assertThat(fixture.proposals).hasSize(1);
        fixture.answer.complete(new Answer(ErrorCode.NONE, 0, List.of(BROKER, 2), 0));
        fixture.run();
        assertThat(errorOf(gap)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(errorOf(another)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void aLeaderThatWasDeposedDoesNotSpeakOfGaps() {
        lead(0, BROKER, 2);
        produce(0);
        Append fenced = produce(5);
        fixture.answer.complete(Answer.failed(ErrorCode.FENCED_LEADER_EPOCH));
        fixture.run();
        assertThat(errorOf(fenced)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void whoHearsOfTheNextLeaderWhileAskingRefusesToLead() {
        lead(0, BROKER, 2);
        produce(0);
        Append gap = produce(5);
        fixture.order(1, "t", TOPIC_ID, state(0, 2, 1, 2, BROKER));
        assertThat(errorOf(gap)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aLeaderThatReachesNoControllerDoesNotSayThatItLeads() {
        lead(0, BROKER, 2);
        produce(0);
        Append gap = produce(5);
        advance(SequenceGaps.CONFIRMATION_NS);
        assertThat(errorOf(gap)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        fixture.answer.complete(new Answer(ErrorCode.NONE, 0, List.of(BROKER, 2), 0));
        fixture.run();
        assertThat(gap.results).hasSize(1);
    }

    @Test
    void aLeaderFromWhichAllWhoCouldLeadGoOnFetchingIsSureByItself() {
        lead(0, BROKER, 2, 3);
        produce(0);
        fetch(2);
        Append gap = produce(5);
        for (int round = 0; round < LeadershipProof.FETCHES; round++) {
            assertThat(gap.results).isEmpty();
            fetch(2);
        }
        for (int round = 1; round < LeadershipProof.FETCHES; round++) {
            fetch(3);
            assertThat(gap.results).isEmpty();
        }
        fetch(3);
        assertThat(errorOf(gap)).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        advance(SequenceGaps.CONFIRMATION_NS);
        assertThat(gap.results).hasSize(1);
    }

    @Test
    void whatFollowersFetchedBeforeTheGapProvesNothing() {
        lead(0, BROKER, 2);
        produce(0);
        for (int round = 0; round < 2 * LeadershipProof.FETCHES; round++) {
            fetch(2);
        }
        Append gap = produce(5);
        fetch(2);
        advance(SequenceGaps.CONFIRMATION_NS);
        assertThat(errorOf(gap)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aLeaderWithoutWhichNobodyCouldLeadIsSureAtOnce() {
        fixture.order(1, "t", TOPIC_ID, state(0, BROKER, 0, BROKER).setReplicas(List.of(BROKER, 2)));
        partition = fixture.hosted("t", 0);
        produce(0);
        assertThat(errorOf(produce(5))).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(fixture.proposals).isEmpty();
    }

    private void fetch(int follower) {
        LeaderRole leader = partition.leader();
        assertThat(leader).isNotNull();
        FollowerFetch fetch =
                new FollowerFetch(follower, 60, leader.log().view().logEndOffset(), 0, new FollowerSession());
        partition.loop().execute(() -> partition.onFollowerFetch(leader, fetch));
        fixture.run();
    }

    private void lead(int leaderEpoch, Integer... replicas) {
        fixture.order(1, "t", TOPIC_ID, state(0, BROKER, leaderEpoch, replicas));
        partition = fixture.hosted("t", 0);
    }

    private void advance(long ns) {
        fixture.ticker.advance(ns, TimeUnit.NANOSECONDS);
        fixture.run();
    }

    private Append produce(int sequence) {
        ByteBuf target = Unpooled.buffer();
        new RecordBatchBuilder(target, NOW_MS)
                .producer(9, (short) 0, sequence)
                .append(NOW_MS, null, "v".getBytes(StandardCharsets.UTF_8))
                .build();
        Append append = new Append();
        append.payload = target;
        partition.loop().execute(() -> partition.append(target, 12, RequiredAcks.LEADER, append));
        fixture.run();
        return append;
    }

    private static ErrorCode errorOf(Append append) {
        return append.result().error();
    }
}
