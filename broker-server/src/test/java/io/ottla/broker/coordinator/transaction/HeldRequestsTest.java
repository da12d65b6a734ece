package io.ottla.broker.coordinator.transaction;

import static io.ottla.broker.coordinator.transaction.TransactionFixture.ID;
import static io.ottla.broker.coordinator.transaction.TransactionFixture.added;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddPartitionsToTxnResponse;
import io.ottla.protocol.message.EndTxnResponse;
import io.ottla.protocol.message.InitProducerIdResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a client that comes while its former transaction is being completed is served as soon as that is complete, and never
 * forgotten. Method: markers and the log's answers are held back; time stands still unless it is advanced.
 */
class HeldRequestsTest {
    private final TransactionFixture tx = new TransactionFixture();
    private ProducerIdentity producer = ProducerIdentity.NONE;

    /** A transaction that is decided, its markers on their way. */
    @BeforeEach
    void decide() {
        producer = tx.init();
        tx.add(producer, 0);
        tx.markers.hold();
        tx.commit(producer);
        assertThat(tx.state()).isEqualTo("PrepareCommit");
    }

    private void complete() {
        tx.markers.release();
        tx.loop.runAll();
    }

    @Test
    void theNextTransactionBeginsWhenTheFormerIsComplete() {
        CompletableFuture<AddPartitionsToTxnResponse> next = tx.sendAdd(1, producer, 1);
        tx.loop.runAll();
        assertThat(next).isNotDone();
        complete();
        assertThat(added(next.join())).isEqualTo(ErrorCode.NONE);
        assertThat(tx.state()).isEqualTo("Ongoing");
    }

    @Test
    void itsFirstRecordSharesTheBatchOfTheFormersLast() {
        CompletableFuture<AddPartitionsToTxnResponse> next = tx.sendAdd(1, producer, 1);
        tx.loop.runAll();
        int batches = tx.log.batches(0).size();
        tx.log.hold();
        complete();
        assertThat(next).as("what it builds upon is not committed").isNotDone();
        tx.log.releaseHeld();
        tx.loop.runAll();
        assertThat(tx.log.batches(0)).hasSize(batches + 1);
        assertThat(added(next.join())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void offsetsAreAddedWhenTheFormerIsComplete() {
        var next = tx.sendAddOffsets(producer, "group");
        tx.loop.runAll();
        assertThat(next).isNotDone();
        complete();
        assertThat(ErrorCode.forCode(next.join().errorCode())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aRepeatedEndIsAnsweredWhenTheFirstIsComplete() {
        CompletableFuture<EndTxnResponse> repeated = tx.sendEnd(4, 1, ID, producer, true);
        tx.loop.runAll();
        assertThat(repeated).isNotDone();
        complete();
        assertThat(ErrorCode.forCode(repeated.join().errorCode())).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aNewProducerComesAfterTheFormersTransaction() {
        CompletableFuture<InitProducerIdResponse> successor = tx.sendInit(ID, ProducerIdentity.NONE);
        CompletableFuture<AddPartitionsToTxnResponse> zombie = tx.sendAdd(1, producer, 1);
        tx.loop.runAll();
        assertThat(successor).isNotDone();
        complete();
        assertThat(successor.join().producerEpoch()).isEqualTo(producer.next().epoch());
        assertThat(added(zombie.join())).as("who came later").isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    @Test
    void aNewProducerWaitsForTheAbortOfWhatTheFormerLeft() {
        complete();
        tx.add(producer, 1);
        tx.markers.hold();
        CompletableFuture<InitProducerIdResponse> successor = tx.sendInit(ID, ProducerIdentity.NONE);
        tx.loop.runAll();
        assertThat(tx.state()).isEqualTo("PrepareAbort");
        assertThat(successor).isNotDone();
        complete();
        assertThat(ErrorCode.forCode(successor.join().errorCode())).isEqualTo(ErrorCode.NONE);
        assertThat(successor.join().producerEpoch())
                .isEqualTo(producer.next().next().epoch());
    }

    @Test
    void nobodyIsHeldForLongerThanTheLimit() {
        CompletableFuture<AddPartitionsToTxnResponse> next = tx.sendAdd(1, producer, 1);
        CompletableFuture<InitProducerIdResponse> successor = tx.sendInit(ID, ProducerIdentity.NONE);
        tx.loop.advanceMs(HeldRequests.MAX_MS - 1);
        assertThat(next).isNotDone();
        assertThat(successor).isNotDone();
        tx.loop.advanceMs(1);
        assertThat(added(next.join())).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(ErrorCode.forCode(successor.join().errorCode())).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        complete();
        assertThat(tx.state()).as("what was refused does not come after all").isEqualTo("CompleteCommit");
    }

    @Test
    void aCoordinatorThatResignsSendsItsClientsAwayAtOnce() {
        CompletableFuture<AddPartitionsToTxnResponse> next = tx.sendAdd(1, producer, 1);
        CompletableFuture<EndTxnResponse> repeated = tx.sendEnd(4, 1, ID, producer, true);
        tx.loop.runAll();
        tx.resign();
        assertThat(added(next.join())).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(ErrorCode.forCode(repeated.join().errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
        tx.elect();
        complete();
        assertThat(tx.state()).isEqualTo("CompleteCommit");
    }

    @Test
    void aDecisionThatIsTakenBackLetsGoWhoWaitedForIt() {
        complete();
        tx.add(producer, 1);
        tx.log.hold();
        CompletableFuture<EndTxnResponse> end = tx.sendEnd(4, 1, ID, producer, true);
        CompletableFuture<AddPartitionsToTxnResponse> next = tx.sendAdd(1, producer, 2);
        tx.loop.runAll();
        assertThat(next).isNotDone();
        tx.log.failHeld(ErrorCode.NOT_ENOUGH_REPLICAS, false);
        tx.log.releaseHeld();
        tx.loop.runAll();
        assertThat(ErrorCode.forCode(end.join().errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(added(next.join())).isEqualTo(ErrorCode.NONE);
        assertThat(tx.state()).isEqualTo("Ongoing");
    }

    @Test
    void brokersAreNeverHeldForOthersShareTheirConnection() {
        CompletableFuture<AddPartitionsToTxnResponse> asked = tx.sendAsBroker(5, producer, false, 1);
        tx.loop.runAll();
        assertThat(TransactionFixture.verdict(asked.join())).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
    }
}
