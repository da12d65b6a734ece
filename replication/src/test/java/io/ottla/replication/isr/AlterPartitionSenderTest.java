package io.ottla.replication.isr;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.loop.ManualLoop;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AlterPartitionRequest;
import io.ottla.protocol.message.AlterPartitionResponse;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.replication.partition.IsrChanges.Answer;
import io.ottla.replication.partition.IsrChanges.IsrMember;
import io.ottla.replication.partition.IsrChanges.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Proposals on their way to a controller that is slow, away, or somebody else. */
class AlterPartitionSenderTest {

    private static final UUID TOPIC_ID = new UUID(1, 2);

    private final ManualLoop loop = new ManualLoop();
    private final List<AlterPartitionRequest> requests = new ArrayList<>();
    private CompletableFuture<AlterPartitionResponse> answer = new CompletableFuture<>();
    private final List<Long> staleEpochs = new ArrayList<>();
    private final AlterPartitionSender sender =
            new AlterPartitionSender(1, () -> 42, staleEpochs::add, new FakeController(), loop);

    private final class FakeController implements PeerChannel {
        @Override
        @SuppressWarnings("unchecked")
        public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
            requests.add((AlterPartitionRequest) request);
            answer = new CompletableFuture<>();
            return (CompletableFuture<R>) answer;
        }

        @Override
        public void keepOpen(Runnable onRefused) {}

        @Override
        public void close() {}
    }

    private CompletableFuture<Answer> propose(int partition, int leaderEpoch) {
        List<IsrMember> isr = List.of(new IsrMember(1, 42));
        return sender.propose(
                        new Proposal(new TopicPartition("t", partition), TOPIC_ID, leaderEpoch, 3, List.of(1, 2), isr))
                .toCompletableFuture();
    }

    private static AlterPartitionResponse accepted(int... partitions) {
        List<AlterPartitionResponse.PartitionData> all = new ArrayList<>();
        for (int partition : partitions) {
            all.add(new AlterPartitionResponse.PartitionData()
                    .setPartitionIndex(partition)
                    .setLeaderEpoch(0)
                    .setIsr(List.of(1))
                    .setPartitionEpoch(4));
        }
        return new AlterPartitionResponse()
                .setTopics(List.of(new AlterPartitionResponse.TopicData()
                        .setTopicId(TOPIC_ID)
                        .setPartitions(all)));
    }

    @Test
    void whatGathersWhileARequestIsUnderWayGoesTogetherInTheNext() {
        CompletableFuture<Answer> first = propose(0, 0);
        loop.runAll();
        CompletableFuture<Answer> second = propose(1, 0);
        CompletableFuture<Answer> third = propose(2, 0);
        loop.runAll();
        assertThat(requests).hasSize(1);
        assertThat(requests.get(0).brokerEpoch()).isEqualTo(42);
        answer.complete(accepted(0));
        loop.runAll();
        assertThat(first.join().partitionEpoch()).isEqualTo(4);
        assertThat(requests).hasSize(2);
        assertThat(requests.get(1).topics().get(0).partitions()).hasSize(2);
        answer.complete(accepted(1));
        loop.runAll();
        assertThat(second.join().isr()).containsExactly(1);
        assertThat(third.join().error()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void whatNoControllerHasAnsweredIsSentAgain() {
        CompletableFuture<Answer> result = propose(0, 0);
        loop.runAll();
        answer.completeExceptionally(new PeerUnreachableException("away"));
        loop.runAll();
        assertThat(requests).hasSize(1);
        loop.advanceMs(AlterPartitionSender.BACKOFF_MIN_MS);
        assertThat(requests).hasSize(2);
        answer.complete(new AlterPartitionResponse().setErrorCode(ErrorCode.NOT_CONTROLLER.code()));
        loop.runAll();
        loop.advanceMs(AlterPartitionSender.BACKOFF_MAX_MS);
        assertThat(requests).hasSize(3);
        assertThat(result).isNotDone();
        answer.complete(accepted(0));
        loop.runAll();
        assertThat(result.join().error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void anEpochThatIsOverIsToldAndTheProposalWaitsForTheNext() {
        CompletableFuture<Answer> result = propose(0, 0);
        loop.runAll();
        answer.complete(new AlterPartitionResponse().setErrorCode(ErrorCode.STALE_BROKER_EPOCH.code()));
        loop.runAll();
        assertThat(staleEpochs).containsExactly(42L);
        assertThat(result).isNotDone();
        loop.advanceMs(AlterPartitionSender.BACKOFF_MIN_MS);
        assertThat(requests).hasSize(2);
    }

    @Test
    void aNewerLeadershipTakesThePlaceOfAnOlderProposal() {
        CompletableFuture<Answer> older = propose(0, 0);
        loop.runAll();
        CompletableFuture<Answer> newer = propose(0, 1);
        loop.runAll();
        assertThat(older.join().error()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        answer.complete(accepted(0));
        loop.runAll();
        assertThat(requests).hasSize(2);
        assertThat(requests.get(1).topics().get(0).partitions().get(0).leaderEpoch())
                .isEqualTo(1);
        answer.complete(accepted(0));
        loop.runAll();
        assertThat(newer.join().error()).isEqualTo(ErrorCode.NONE);
    }
}
