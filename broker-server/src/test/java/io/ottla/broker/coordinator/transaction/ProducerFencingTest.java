package io.ottla.broker.coordinator.transaction;

import static io.ottla.broker.coordinator.transaction.TransactionFixture.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.AddPartitionsToTxnResponse;
import io.ottla.protocol.message.EndTxnResponse;
import io.ottla.protocol.message.InitProducerIdRequest;
import io.ottla.protocol.message.InitProducerIdResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who may write in the name of a transactional id: epochs, their bumps, and when they are used up. */
class ProducerFencingTest {
    private final TransactionFixture tx = new TransactionFixture();

    @Test
    void aNewProducerFencesTheFormer() {
        ProducerIdentity first = tx.init();
        ProducerIdentity second = tx.init();
        assertThat(second).isEqualTo(first.next());
        assertThat(tx.add(first, 0)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(tx.addOffsets(first, "g")).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(tx.commit(first)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(tx.add(second, 0)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void olderVersionsHearOfAnInvalidEpochInstead() {
        ProducerIdentity first = tx.init();
        tx.init();
        AddPartitionsToTxnResponse response =
                tx.run(tx.coordinator.partitions().add(TransactionFixture.addRequest(ID, first, 0), (short) 1, 1));
        assertThat(ErrorCode.forCode(response.resultsByTopicV3AndBelow()
                        .get(0)
                        .resultsByPartition()
                        .get(0)
                        .partitionErrorCode()))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(ErrorCode.forCode(tx.run(tx.sendEnd(1, 1, ID, first, true)).errorCode()))
                .isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void anOngoingTransactionIsAbortedBeforeTheNewProducerBegins() {
        ProducerIdentity first = tx.init();
        tx.add(first, 0);
        tx.markers.hold();
        assertThat(tx.initError(ProducerIdentity.NONE)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(tx.markers.last().marker().commit()).isFalse();
        assertThat(tx.markers.last().marker().producerEpoch()).isEqualTo((short) (first.epoch() + 1));
        assertThat(tx.commit(first)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        tx.markers.release();
        tx.loop.runAll();
        assertThat(tx.state()).isEqualTo("CompleteAbort");
        assertThat(tx.init()).isEqualTo(first.next().next());
    }

    @Test
    void aProducerThatGoesOnIsBumpedAndMayRepeatThat() {
        ProducerIdentity first = tx.init();
        ProducerIdentity second = tx.resume(first);
        assertThat(second).isEqualTo(first.next());
        assertThat(tx.resume(first)).as("the answer was lost").isEqualTo(second);
        ProducerIdentity other = tx.init();
        assertThat(other).isEqualTo(second.next());
        assertThat(tx.initError(first)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(tx.initError(second)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(tx.initError(new ProducerIdentity(7777, (short) 0))).isEqualTo(ErrorCode.PRODUCER_FENCED);
    }

    @Test
    void aProducerThatGoesOnDuringItsTransactionHasItAborted() {
        ProducerIdentity first = tx.init();
        tx.add(first, 0);
        ProducerIdentity second = tx.resume(first);
        assertThat(second).isEqualTo(first.next());
        assertThat(tx.markers.last().marker().commit()).isFalse();
        assertThat(tx.state()).isEqualTo("Empty");
        assertThat(tx.resume(first)).as("the answer was lost").isEqualTo(second);
    }

    @Test
    void aZombieThatGoesOnDoesNotAbortItsSuccessorsTransaction() {
        ProducerIdentity zombie = tx.init();
        ProducerIdentity successor = tx.init();
        tx.add(successor, 0);
        assertThat(tx.initError(zombie)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(tx.state()).isEqualTo("Ongoing");
        assertThat(tx.commit(successor)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aRefusedBumpFencesNobody() {
        ProducerIdentity first = tx.init();
        tx.log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
        assertThat(tx.initError(ProducerIdentity.NONE)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        tx.log.refuse(null);
        assertThat(tx.add(first, 0)).isEqualTo(ErrorCode.NONE);
        assertThat(tx.commit(first)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aRepeatedBumpIsNotAnsweredBeforeTheFirstIsCommitted() {
        ProducerIdentity first = tx.init();
        tx.log.hold();
        CompletableFuture<InitProducerIdResponse> bumped = tx.sendInit(ID, first);
        CompletableFuture<InitProducerIdResponse> repeated = tx.sendInit(ID, first);
        tx.loop.runAll();
        assertThat(bumped).isNotDone();
        assertThat(repeated).isNotDone();
        tx.log.failHeld(ErrorCode.NOT_ENOUGH_REPLICAS, false);
        tx.log.releaseHeld();
        tx.loop.runAll();
        assertThat(ErrorCode.forCode(repeated.join().errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(tx.resume(first)).isEqualTo(first.next());
    }

    @Test
    void usedUpEpochsMeanAnotherProducerId() {
        ProducerIdentity producer = tx.initExhausted();
        assertThat(producer.epoch()).isEqualTo((short) (Short.MAX_VALUE - 1));
        ProducerIdentity fresh = tx.resume(producer);
        assertThat(fresh.id()).isNotEqualTo(producer.id());
        assertThat(fresh.epoch()).isZero();
        assertThat(tx.resume(producer)).isEqualTo(fresh);
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }

    @Test
    void theLastEpochIsLeftForTheAbortThatFences() {
        ProducerIdentity producer = tx.initExhausted();
        tx.add(producer, 0);
        assertThat(tx.init().id()).isNotEqualTo(producer.id());
        assertThat(tx.markers.last().marker().producerEpoch()).isEqualTo(Short.MAX_VALUE);
    }

    @Test
    void timeoutsAndNamesAreChecked() {
        assertThat(initError(new InitProducerIdRequest().setTransactionalId("").setTransactionTimeoutMs(1)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(initError(new InitProducerIdRequest().setTransactionalId(ID).setTransactionTimeoutMs(0)))
                .isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        assertThat(initError(new InitProducerIdRequest()
                        .setTransactionalId(ID)
                        .setTransactionTimeoutMs(TransactionFixture.MAX_TIMEOUT_MS + 1)))
                .isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        assertThat(tx.add(new ProducerIdentity(1, (short) 0), 0)).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }

    private ErrorCode initError(InitProducerIdRequest request) {
        return ErrorCode.forCode(
                tx.run(tx.coordinator.initProducerId(request, (short) 5)).errorCode());
    }

    @Test
    void aClientOfVersionTwoGetsAnotherEpochWithEveryEnd() {
        tx.transactionVersion = 2;
        ProducerIdentity first = tx.init();
        tx.run(tx.sendAsBroker(5, first, false, 0));
        EndTxnResponse ended = tx.endBumping(first, true);
        ProducerIdentity second = new ProducerIdentity(ended.producerId(), ended.producerEpoch());
        assertThat(second).isEqualTo(first.next());
        assertThat(tx.markers.last().marker().producerEpoch()).isEqualTo(second.epoch());
        EndTxnResponse repeated = tx.endBumping(first, true);
        assertThat(repeated).isEqualTo(ended);
        tx.run(tx.sendAsBroker(5, second, false, 1));
        EndTxnResponse late = tx.endBumping(first, true);
        assertThat(ErrorCode.forCode(late.errorCode())).as("KAFKA-17754").isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(tx.state()).isEqualTo("Ongoing");
        assertThat(ErrorCode.forCode(tx.endBumping(second, false).errorCode())).isEqualTo(ErrorCode.NONE);
        ProducerIdentity third = second.next();
        assertThat(ErrorCode.forCode(tx.endBumping(third, true).errorCode())).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(ErrorCode.forCode(tx.endBumping(third, false).errorCode()))
                .as("an abort of what may have been begun")
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void anAbortOfNothingWaitsForTheMarkersOfTheTransactionBefore() {
        tx.transactionVersion = 2;
        ProducerIdentity first = tx.init();
        tx.run(tx.sendAsBroker(5, first, false, 0));
        tx.markers.hold();
        tx.endBumping(first, true);
        assertThat(ErrorCode.forCode(tx.endBumping(first.next(), false).errorCode()))
                .isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        tx.markers.release();
        tx.loop.runAll();
        assertThat(ErrorCode.forCode(tx.endBumping(first.next(), false).errorCode()))
                .isEqualTo(ErrorCode.NONE);
        assertThat(tx.state()).isEqualTo("CompleteAbort");
    }

    @Test
    void whatVersionTwoHasBegunIsEndedAlthoughTheFeatureWasLowered() {
        tx.transactionVersion = 2;
        ProducerIdentity producer = tx.initExhausted();
        tx.run(tx.sendAsBroker(5, producer, false, 0));
        tx.transactionVersion = 0;
        tx.markers.hold();
        EndTxnResponse ended = tx.endBumping(producer, true);
        assertThat(ErrorCode.forCode(ended.errorCode())).isEqualTo(ErrorCode.NONE);
        tx.reload();
        assertThat(tx.state()).as("with the id that comes next").isEqualTo("PrepareCommit");
        tx.markers.release();
        tx.loop.runAll();
        assertThat(tx.endBumping(producer, true)).isEqualTo(ended);
        ProducerIdentity next = new ProducerIdentity(ended.producerId(), ended.producerEpoch());
        assertThat(tx.add(next, 1)).as("as a client of version 1 again").isEqualTo(ErrorCode.NONE);
        assertThat(tx.commit(next)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aTransactionOfAnOlderClientEndsAsItBeganAlthoughTheFeatureWasRaised() {
        ProducerIdentity producer = tx.init();
        tx.add(producer, 0);
        tx.transactionVersion = 2;
        assertThat(tx.commit(producer)).isEqualTo(ErrorCode.NONE);
        assertThat(tx.markers.last().marker().producerEpoch()).isEqualTo(producer.epoch());
        tx.run(tx.sendAsBroker(5, producer, false, 1));
        assertThat(tx.endBumping(producer, true).producerEpoch())
                .as("the same client, which has heard of it")
                .isEqualTo((short) (producer.epoch() + 1));
    }

    @Test
    void aClientOfVersionTwoThatUsesItsEpochsUpGetsAnotherIdWithTheEnd() {
        tx.transactionVersion = 2;
        ProducerIdentity producer = tx.initExhausted();
        tx.run(tx.sendAsBroker(5, producer, false, 0));
        EndTxnResponse ended = tx.endBumping(producer, true);
        assertThat(ended.producerId()).isNotEqualTo(producer.id());
        assertThat(ended.producerEpoch()).isZero();
        assertThat(tx.markers.last().marker().producerEpoch()).isEqualTo(Short.MAX_VALUE);
        tx.reload();
        assertThat(tx.endBumping(producer, true)).isEqualTo(ended);
        assertThat(tx.add(new ProducerIdentity(ended.producerId(), (short) 0), 1))
                .isEqualTo(ErrorCode.NONE);
    }
}
