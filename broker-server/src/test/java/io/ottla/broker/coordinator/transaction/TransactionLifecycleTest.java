package io.ottla.broker.coordinator.transaction;

import static io.ottla.broker.coordinator.transaction.TransactionFixture.ID;
import static io.ottla.broker.coordinator.transaction.TransactionFixture.TIMEOUT_CHECK_MS;
import static io.ottla.broker.coordinator.transaction.TransactionFixture.TIMEOUT_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.broker.coordinator.transaction.MarkerSender.Marker;
import io.ottla.protocol.api.TopicPartition;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddPartitionsToTxnResponse;
import io.ottla.protocol.message.EndTxnResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The way of one transaction, and what must not happen on it. */
class TransactionLifecycleTest {
    private final TransactionFixture tx = new TransactionFixture();

    @Test
    void aCommitIsAnsweredWhenItIsDecidedAndCompleteWhenItsMarkersAreWritten() {
        ProducerIdentity producer = tx.init();
        assertThat(tx.state()).isEqualTo("Empty");
        assertThat(tx.add(producer, 0, 3)).isEqualTo(ErrorCode.NONE);
        assertThat(tx.addOffsets(producer, "group")).isEqualTo(ErrorCode.NONE);
        assertThat(tx.state()).isEqualTo("Ongoing");
        tx.markers.hold();
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.NONE);
        assertThat(tx.state()).isEqualTo("PrepareCommit");
        assertThat(tx.markers.all).hasSize(1);
        assertThat(tx.markers.last().marker())
                .isEqualTo(new Marker(producer.id(), producer.epoch(), true, tx.leaderEpoch(), (short) 0));
        assertThat(tx.markers.last().partitions())
                .containsExactly(
                        new TopicPartition("__consumer_offsets", 5),
                        new TopicPartition("t", 0),
                        new TopicPartition("t", 3));
        tx.markers.release();
        tx.loop.runAll();
        assertThat(tx.state()).isEqualTo("CompleteCommit");
        assertThat(tx.describe(ID).topics()).isEmpty();
    }

    @Test
    void nobodyDisturbsATransactionWhoseMarkersAreOnTheirWay() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        tx.markers.hold();
        tx.commit(producer);
        assertThat(tx.add(producer, 1)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(tx.end(producer, false)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(tx.initError(ProducerIdentity.NONE)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(tx.verify(5, producer, 0)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(tx.markers.all).hasSize(1);
    }

    @Test
    void aRepeatedEndIsAnsweredAsTheFirst() {
        ProducerIdentity producer = tx.init();
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        tx.add(producer, 0);
        tx.end(producer, false);
        assertThat(tx.end(producer, false)).isEqualTo(ErrorCode.NONE);
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(tx.markers.all).hasSize(1);
    }

    @Test
    void unknownPartitionsAreNotAdded() {
        ProducerIdentity producer = tx.init();
        AddPartitionsToTxnResponse response = tx.run(
                tx.coordinator.partitions().add(TransactionFixture.addRequest(ID, producer, 1, 99), (short) 3, 1));
        assertThat(response.resultsByTopicV3AndBelow().get(0).resultsByPartition())
                .extracting(result -> ErrorCode.forCode(result.partitionErrorCode()))
                .containsExactly(ErrorCode.OPERATION_NOT_ATTEMPTED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(tx.state()).isEqualTo("Empty");
    }

    @Test
    void markersLeaveOnlyWhenTheDecisionIsCommitted() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        tx.log.hold();
        CompletableFuture<EndTxnResponse> end = tx.sendEnd(4, 1, ID, producer, true);
        tx.loop.runAll();
        assertThat(end).isNotDone();
        assertThat(tx.markers.all).isEmpty();
        tx.log.failHeld(ErrorCode.NOT_ENOUGH_REPLICAS, false);
        tx.loop.runAll();
        assertThat(ErrorCode.forCode(end.join().errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(tx.state()).isEqualTo("Ongoing");
        assertThat(tx.markers.all).isEmpty();
        tx.log.releaseHeld();
        assertThat(tx.end(producer, false)).isEqualTo(ErrorCode.NONE);
        assertThat(tx.markers.last().marker().commit()).isFalse();
    }

    @Test
    void aDecisionThatIsCommittedLateIsCarriedOut() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        tx.log.hold();
        CompletableFuture<EndTxnResponse> end = tx.sendEnd(4, 1, ID, producer, true);
        tx.loop.advanceMs(6_000);
        assertThat(ErrorCode.forCode(end.join().errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        tx.loop.advanceMs(20_000);
        assertThat(tx.markers.all).isEmpty();
        tx.log.releaseHeld();
        tx.loop.advanceMs(20_000);
        assertThat(tx.state()).isEqualTo("CompleteCommit");
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aCompletionThatTheLogRefusesIsTriedAgain() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        tx.markers.hold();
        tx.commit(producer);
        tx.log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
        tx.markers.release();
        tx.loop.advanceMs(5_000);
        assertThat(tx.state()).isEqualTo("PrepareCommit");
        tx.log.refuse(null);
        tx.loop.advanceMs(1_000);
        assertThat(tx.state()).isEqualTo("CompleteCommit");
    }

    @Test
    void theNextCoordinatorCarriesOutWhatWasDecided() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0, 1);
        tx.markers.hold();
        tx.commit(producer);
        FakeMarkers.Sent first = tx.markers.last();
        tx.resign();
        assertThat(first.done()).isCancelled();
        tx.log.hold();
        tx.elect();
        assertThat(tx.markers.all).as("the record found may not be committed").hasSize(1);
        tx.log.releaseHeld();
        tx.loop.runAll();
        assertThat(tx.markers.all).hasSize(2);
        assertThat(tx.markers.last().marker().coordinatorEpoch()).isEqualTo(tx.leaderEpoch());
        assertThat(tx.markers.last().partitions()).isEqualTo(first.partitions());
        tx.markers.release();
        tx.loop.runAll();
        assertThat(tx.state()).isEqualTo("CompleteCommit");
    }

    @Test
    void aCoordinatorThatLoadsAnswersNothingElse() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        tx.resign();
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        tx.coordinator.onElection(0, 100);
        CompletableFuture<EndTxnResponse> early = tx.sendEnd(4, 1, ID, producer, true);
        assertThat(ErrorCode.forCode(early.join().errorCode())).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        tx.loop.runAll();
        assertThat(tx.state()).isEqualTo("Ongoing");
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void fencedMarkersAreNotTakenForWritten() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        tx.markers.hold();
        tx.commit(producer);
        tx.markers.last().done().complete(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        tx.loop.runAll();
        assertThat(tx.state()).isEqualTo("PrepareCommit");
        tx.loop.advanceMs(1_000);
        assertThat(tx.markers.all).hasSize(2);
    }

    @Test
    void anAbandonedTransactionIsAbortedAndItsProducerFenced() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        tx.loop.advanceMs(TIMEOUT_MS - TIMEOUT_CHECK_MS);
        assertThat(tx.state()).isEqualTo("Ongoing");
        tx.loop.advanceMs(3 * TIMEOUT_CHECK_MS);
        assertThat(tx.state()).isEqualTo("CompleteAbort");
        assertThat(tx.markers.last().marker().producerEpoch()).isEqualTo((short) (producer.epoch() + 1));
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(tx.add(producer, 1)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(tx.init().epoch()).isEqualTo((short) (producer.epoch() + 2));
    }

    @Test
    void anUnusedTransactionalIdIsForgotten() {
        tx.init("other");
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        tx.commit(producer);
        tx.loop.advanceMs(TransactionFixture.EXPIRATION_MS / 2);
        tx.add(producer, 0);
        tx.commit(producer);
        tx.loop.advanceMs(TransactionFixture.EXPIRATION_MS / 2 + 2 * TransactionFixture.EXPIRY_CHECK_MS);
        assertThat(ErrorCode.forCode(tx.describe("other").errorCode())).isEqualTo(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
        assertThat(tx.state()).isEqualTo("CompleteCommit");
        tx.loop.advanceMs(TransactionFixture.EXPIRATION_MS);
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        tx.reload();
        assertThat(ErrorCode.forCode(tx.describe(ID).errorCode())).isEqualTo(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
        assertThat(tx.resume(producer).id()).isNotEqualTo(producer.id());
    }

    @Test
    void onlyPartitionsOfTheOngoingTransactionAreVerified() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        assertThat(tx.verify(5, producer, 0)).isEqualTo(ErrorCode.NONE);
        assertThat(tx.verify(5, producer, 1)).isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
        assertThat(tx.verify(4, producer, 1)).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        tx.commit(producer);
        assertThat(tx.verify(5, producer, 0)).as("KAFKA-14402").isEqualTo(ErrorCode.TRANSACTION_ABORTABLE);
        assertThat(tx.verify(5, producer.next(), 0)).isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    @Test
    void aVerdictWaitsUntilWhatItSaysIsCommitted() {
        ProducerIdentity producer = tx.init();
        tx.log.hold();
        CompletableFuture<AddPartitionsToTxnResponse> added =
                tx.coordinator.partitions().add(TransactionFixture.addRequest(ID, producer, 2), (short) 3, 1);
        CompletableFuture<AddPartitionsToTxnResponse> verified = tx.sendAsBroker(5, producer, true, 2);
        tx.loop.runAll();
        assertThat(List.of(added, verified)).noneMatch(CompletableFuture::isDone);
        tx.log.releaseHeld();
        tx.loop.runAll();
        assertThat(TransactionFixture.verdict(verified.join())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aDelayedEndDoesNotReachTheNextTransaction() {
        ProducerIdentity producer = tx.init();
        tx.addOn(7, producer, 0);
        // The client sends its commit on connection 7, gives the answer up, and sends it again on connection 9.
        assertThat(ErrorCode.forCode(
                        tx.run(tx.sendEnd(4, 9, ID, producer, true)).errorCode()))
                .isEqualTo(ErrorCode.NONE);
        assertThat(tx.addOn(9, producer, 1)).isEqualTo(ErrorCode.NONE);
        EndTxnResponse late = tx.run(tx.sendEnd(4, 7, ID, producer, true));
        assertThat(ErrorCode.forCode(late.errorCode())).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(tx.state()).as("KAFKA-17754").isEqualTo("Ongoing");
        assertThat(ErrorCode.forCode(
                        tx.run(tx.sendEnd(4, 9, ID, producer, false)).errorCode()))
                .isEqualTo(ErrorCode.NONE);
        assertThat(tx.state()).isEqualTo("CompleteAbort");
    }
}
