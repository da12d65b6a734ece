package io.ottla.replication.partition;

import static io.ottla.replication.partition.ReplicaFixture.BROKER;
import static io.ottla.replication.partition.ReplicaFixture.TOPIC_ID;
import static io.ottla.replication.partition.ReplicaFixture.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.UpdateMetadataRequest;
import io.ottla.protocol.message.UpdateMetadataRequest.UpdateMetadataBroker;
import io.ottla.replication.partition.IsrChanges.Answer;
import io.ottla.replication.partition.IsrChanges.IsrMember;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader proposes about its in-sync replicas, and how it counts while the answer is due. */
class IsrKeeperTest {

    private ReplicaFixture fixture;
    private Partition partition;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new ReplicaFixture(directory, 5);
        fixture.metadata.apply(new UpdateMetadataRequest()
                .setLiveBrokers(List.of(
                        new UpdateMetadataBroker().setId(1),
                        new UpdateMetadataBroker().setId(2),
                        new UpdateMetadataBroker().setId(3))));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void lead(int leaderEpoch, Integer... isr) {
        fixture.order(1, "t", TOPIC_ID, state(0, BROKER, leaderEpoch, isr).setReplicas(List.of(1, 2, 3)));
        partition = fixture.hosted("t", 0);
    }

    private LeaderRole leader() {
        LeaderRole leader = partition.leader();
        if (leader == null) {
            throw new AssertionError("not the leader");
        }
        return leader;
    }

    private void fetch(int broker, long brokerEpoch, long offset) {
        LeaderRole leader = leader();
        partition
                .loop()
                .execute(() -> partition.onFollowerFetch(
                        leader, new FollowerFetch(broker, brokerEpoch, offset, 0, new FollowerSession())));
        fixture.run();
    }

    private long highWatermark() {
        return leader().log().view().highWatermark();
    }

    /** KAFKA-7128: the high watermark of a new leader may lag, the start of its epoch does not. */
    @Test
    void aFollowerEntersOnlyWithAllThatEarlierLeadersMayHaveCommitted() {
        lead(0, 1, 3);
        for (int i = 0; i < 3; i++) {
            fixture.append(partition, RequiredAcks.LEADER, "a");
        }
        lead(1, 1, 3);
        assertThat(highWatermark()).isZero();
        fetch(2, 9, 1);
        assertThat(fixture.proposals).isEmpty();
        fetch(2, 9, 3);
        assertThat(fixture.proposals).singleElement().satisfies(proposal -> {
            assertThat(proposal.brokerIds()).containsExactly(1, 3, 2);
            assertThat(proposal.isr()).containsExactly(new IsrMember(1, 50), new IsrMember(3, -1), new IsrMember(2, 9));
        });
    }

    @Test
    void aReplicaThatMayBeInSyncHoldsTheHighWatermarkBeforeAndAfterTheChange() {
        lead(0, 1);
        fetch(2, 9, 0);
        assertThat(leader().isr().committed()).containsExactly(1);
        assertThat(leader().isr().maximal()).containsExactlyInAnyOrder(1, 2);
        ReplicaFixture.Append append = fixture.append(partition, RequiredAcks.ALL, "a");
        assertThat(append.results).isEmpty();
        fixture.answer.complete(new Answer(ErrorCode.NONE, 0, List.of(1, 2), 1));
        fixture.run();
        assertThat(leader().isr().committed()).containsExactly(1, 2);
        assertThat(append.results).isEmpty();
        fetch(2, 9, 1);
        assertThat(append.result().isSuccess()).isTrue();
    }

    @Test
    void aRefusedReplicaIsProposedAgainAfterAWhileOnly() {
        lead(0, 1);
        fixture.answer.complete(Answer.failed(ErrorCode.INELIGIBLE_REPLICA));
        fetch(2, 9, 0);
        fetch(2, 9, 0);
        assertThat(fixture.proposals).hasSize(1);
        assertThat(leader().isr().maximal()).containsExactly(1);
        fixture.ticker.advanceMillis(1_100);
        fetch(2, 9, 0);
        assertThat(fixture.proposals).hasSize(2);
    }

    @Test
    void aChangeOfUnknownOutcomeStaysInTheMaximalIsr() {
        lead(0, 1);
        fixture.answer.complete(Answer.failed(ErrorCode.INVALID_UPDATE_VERSION));
        fetch(2, 9, 0);
        assertThat(leader().isr().maximal()).containsExactlyInAnyOrder(1, 2);
        assertThat(fixture.append(partition, RequiredAcks.ALL, "a").results).isEmpty();
    }

    @Test
    void anAnswerToAnEarlierLeadershipChangesNothing() {
        lead(0, 1);
        fetch(2, 9, 0);
        CompletableFuture<Answer> late = fixture.answer;
        fixture.answer = new CompletableFuture<>();
        lead(1, 1, 3);
        late.complete(new Answer(ErrorCode.NONE, 0, List.of(1, 2), 7));
        fixture.run();
        assertThat(leader().isr().committed()).containsExactly(1, 3);
    }

    @Test
    void aMemberThatHasLostRecordsIsToLeaveAtOnce() {
        lead(0, 1, 2);
        fixture.append(partition, RequiredAcks.LEADER, "a");
        fetch(2, 9, 1);
        assertThat(highWatermark()).isEqualTo(1);
        fetch(2, 10, 0);
        assertThat(fixture.proposals).singleElement().satisfies(proposal -> assertThat(proposal.brokerIds())
                .containsExactly(1));
        assertThat(highWatermark()).isEqualTo(1);
    }

    @Test
    void aFetchFromBeforeTheFollowersRestartIsNotCounted() {
        lead(0, 1, 2);
        fixture.append(partition, RequiredAcks.LEADER, "a");
        fetch(2, 10, 0);
        fetch(2, 9, 1);
        assertThat(highWatermark()).isZero();
    }

    @Test
    void deadBrokersDoNotEnter() {
        fixture.metadata.apply(
                new UpdateMetadataRequest().setLiveBrokers(List.of(new UpdateMetadataBroker().setId(1))));
        lead(0, 1);
        fetch(2, 9, 0);
        assertThat(fixture.proposals).isEmpty();
    }
}
