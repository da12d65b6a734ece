package io.ottla.broker.handler.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.handler.DataPlane;
import io.ottla.broker.handler.produce.TransactionVerifier.Claim;
import io.ottla.broker.handler.produce.TransactionVerifier.Terms;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddPartitionsToTxnRequest;
import io.ottla.protocol.message.AddPartitionsToTxnResponse;
import io.ottla.protocol.message.AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult;
import io.ottla.protocol.message.AddPartitionsToTxnResponse.AddPartitionsToTxnResult;
import io.ottla.protocol.message.AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult;
import io.ottla.protocol.schema.ApiMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions to coordinators: who is asked, what shares a request, what an answer means. A fake channel keeps requests. */
class PeerTransactionVerifierTest {
    private DataPlane plane;
    private PeerTransactionVerifier verifier;
    private final List<Sent> sent = new ArrayList<>();

    private record Sent(
            int broker, AddPartitionsToTxnRequest request, CompletableFuture<AddPartitionsToTxnResponse> answer) {}

    private final class FakeChannel implements PeerChannel {
        private final int broker;

        FakeChannel(int broker) {
            this.broker = broker;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
            assertThat(version).isEqualTo((short) 5);
            CompletableFuture<AddPartitionsToTxnResponse> answer = new CompletableFuture<>();
            sent.add(new Sent(broker, (AddPartitionsToTxnRequest) request, answer));
            return (CompletableFuture<R>) answer;
        }

        @Override
        public void keepOpen(Runnable onRefused) {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        plane = new DataPlane(directory, 1);
        verifier = new PeerTransactionVerifier(plane.metadata, FakeChannel::new, plane.work::add);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private CompletableFuture<ErrorCode> ask(String id, int epoch, int partition, Terms terms) {
        return verifier.verify(new Claim(id, 7, (short) epoch, new TopicPartition("t", partition), terms))
                .toCompletableFuture();
    }

    private void leadTransactionState() {
        plane.order("__transaction_state", 0, 2, 0, List.of(2));
    }

    private void answer(Sent question, ErrorCode error) {
        AddPartitionsToTxnResponse response = new AddPartitionsToTxnResponse();
        question.request.transactions().forEach(transaction -> {
            AddPartitionsToTxnResult result =
                    new AddPartitionsToTxnResult().setTransactionalId(transaction.transactionalId());
            transaction.topics().forEach(topic -> {
                AddPartitionsToTxnTopicResult topicResult = new AddPartitionsToTxnTopicResult().setName(topic.name());
                topic.partitions().forEach(partition -> topicResult
                        .resultsByPartition()
                        .add(new AddPartitionsToTxnPartitionResult()
                                .setPartitionIndex(partition)
                                .setPartitionErrorCode(error.code())));
                result.topicResults().add(topicResult);
            });
            response.resultsByTransaction().add(result);
        });
        question.answer.complete(response);
        plane.run();
    }

    @Test
    void withoutACoordinatorTheClientHasToComeBack() {
        assertThat(ask("a", 0, 0, Terms.VERIFY)).isCompletedWithValue(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    }

    @Test
    void whatComesTogetherAndWhatComesMeanwhileShareRequests() {
        leadTransactionState();
        var first = ask("a", 0, 0, Terms.VERIFY);
        var second = ask("a", 0, 1, Terms.VERIFY_ABORTABLE);
        var other = ask("b", 0, 0, Terms.ADD);
        plane.run();
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).broker()).isEqualTo(2);
        assertThat(sent.get(0).request().transactions()).hasSize(2);
        assertThat(sent.get(0).request().transactions().get(0).verifyOnly()).isTrue();
        assertThat(sent.get(0).request().transactions().get(0).topics().get(0).partitions())
                .containsExactly(0, 1);
        assertThat(sent.get(0).request().transactions().get(1).verifyOnly()).isFalse();
        var third = ask("c", 0, 0, Terms.VERIFY);
        var newEpoch = ask("c", 1, 0, Terms.VERIFY);
        plane.run();
        assertThat(sent).as("one request in flight").hasSize(1);
        answer(sent.get(0), ErrorCode.NONE);
        assertThat(List.of(first, second, other)).allMatch(future -> future.join() == ErrorCode.NONE);
        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).request().transactions())
                .as("one epoch of an id at a time")
                .hasSize(1);
        answer(sent.get(1), ErrorCode.NONE);
        assertThat(third).isDone();
        answer(sent.get(2), ErrorCode.PRODUCER_FENCED);
        assertThat(newEpoch).isCompletedWithValue(ErrorCode.INVALID_PRODUCER_EPOCH);
        var later = ask("a", 0, 0, Terms.VERIFY);
        plane.run();
        answer(sent.get(3), ErrorCode.NONE);
        assertThat(later).isDone();
    }

    @Test
    void abortableErrorsAreOnlyForClientsThatKnowThem() {
        leadTransactionState();
        var old = ask("a", 0, 0, Terms.VERIFY);
        var young = ask("a", 0, 1, Terms.VERIFY_ABORTABLE);
        plane.run();
        answer(sent.get(0), ErrorCode.TRANSACTION_ABORTABLE);
        assertThat(old).isCompletedWithValue(ErrorCode.INVALID_TXN_STATE);
        assertThat(young).isCompletedWithValue(ErrorCode.TRANSACTION_ABORTABLE);
    }

    @Test
    void aCoordinatorThatIsGoneIsANetworkError() {
        leadTransactionState();
        var asked = ask("a", 0, 0, Terms.VERIFY);
        plane.run();
        sent.get(0).answer().completeExceptionally(new PeerUnreachableException("gone"));
        plane.run();
        assertThat(asked).isCompletedWithValue(ErrorCode.NETWORK_EXCEPTION);
    }
}
