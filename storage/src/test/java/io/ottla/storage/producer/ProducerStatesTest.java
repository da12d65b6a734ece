package io.ottla.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.storage.producer.ProducerVerdict.Accepted;
import io.ottla.storage.producer.ProducerVerdict.Duplicate;
import io.ottla.storage.producer.ProducerVerdict.Rejected;
import org.junit.jupiter.api.Test;

/** Goal: the rules for sequences, epochs, transactions and expiry, one by one. Method: a log of a few batches each. */
class ProducerStatesTest {
    private static final long ID = 9;
    private static final EndTransactionMarker COMMIT = new EndTransactionMarker(Outcome.COMMIT, 3);
    private static final EndTransactionMarker ABORT = new EndTransactionMarker(Outcome.ABORT, 3);

    private final ProducerStates states = new ProducerStates(0);

    private ProducerVerdict check(ByteBuf batch) {
        return states.check(batch, 0, AppendOrigin.CLIENT);
    }

    private CompletedTransaction append(ByteBuf batch) {
        return states.onAppended(batch, 0);
    }

    private void assertRejected(ByteBuf batch, AppendOrigin origin, ErrorCode error) {
        assertThat(states.check(batch, 0, origin)).isInstanceOfSatisfying(Rejected.class, rejected -> {
            assertThat(rejected.error()).isEqualTo(error);
            assertThat(rejected.message()).contains(String.valueOf(ID));
        });
    }

    @Test
    void acceptsAnySequenceOfAnUnknownProducer() {
        assertThat(check(Batches.data(0, ID, 0, 500, 3))).isEqualTo(Accepted.ACCEPTED);
    }

    @Test
    void acceptsTheNextSequenceAndRefusesGapsAndReturns() {
        append(Batches.data(0, ID, 0, 0, 10));
        assertThat(check(Batches.data(0, ID, 0, 10, 5))).isEqualTo(Accepted.ACCEPTED);
        assertRejected(Batches.data(0, ID, 0, 11, 5), AppendOrigin.CLIENT, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertRejected(Batches.data(0, ID, 0, 9, 5), AppendOrigin.CLIENT, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void answersTheLastFiveBatchesWithTheirFirstOffsetsAndTimestamps() {
        for (int i = 0; i < 7; i++) {
            append(Batches.data(100 + i * 10L, ID, 0, i * 10, 10));
        }
        for (int i = 2; i < 7; i++) {
            long base = 100 + i * 10L;
            assertThat(check(Batches.data(0, ID, 0, i * 10, 10)))
                    .isEqualTo(new Duplicate(base, base + 9, Batches.TIMESTAMP + base + 9));
        }
        assertRejected(Batches.data(0, ID, 0, 10, 10), AppendOrigin.CLIENT, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void aBatchOfOtherSizeIsNoDuplicate() {
        append(Batches.data(0, ID, 0, 0, 10));
        assertRejected(Batches.data(0, ID, 0, 0, 9), AppendOrigin.CLIENT, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void zeroFollowsTheLargestSequence() {
        append(Batches.data(0, ID, 0, Integer.MAX_VALUE - 1, 2));
        assertThat(check(Batches.data(2, ID, 0, 0, 1))).isEqualTo(Accepted.ACCEPTED);
    }

    @Test
    void aBatchMayWrapAndIsKnownAgain() {
        append(Batches.data(0, ID, 0, Integer.MAX_VALUE - 1, 5));
        assertThat(check(Batches.data(5, ID, 0, 3, 1))).isEqualTo(Accepted.ACCEPTED);
        assertThat(check(Batches.data(5, ID, 0, Integer.MAX_VALUE - 1, 5)))
                .isEqualTo(new Duplicate(0, 4, Batches.TIMESTAMP + 4));
    }

    @Test
    void aNewEpochBeginsWithZeroAndFencesTheOld() {
        append(Batches.data(0, ID, 1, 0, 10));
        assertRejected(Batches.data(0, ID, 2, 10, 1), AppendOrigin.CLIENT, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(check(Batches.data(10, ID, 2, 0, 1))).isEqualTo(Accepted.ACCEPTED);
        append(Batches.data(10, ID, 2, 0, 1));
        assertRejected(Batches.data(0, ID, 1, 10, 1), AppendOrigin.CLIENT, ErrorCode.INVALID_PRODUCER_EPOCH);
        assertRejected(Batches.data(0, ID, 1, 0, 10), AppendOrigin.CLIENT, ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void aCoordinatorIsHeldToTheEpochOnly() {
        append(Batches.data(0, ID, 1, 0, 10));
        assertThat(states.check(Batches.transactional(10, ID, 1, -1, 1), 0, AppendOrigin.COORDINATOR))
                .isEqualTo(Accepted.ACCEPTED);
        assertRejected(
                Batches.transactional(10, ID, 0, -1, 1), AppendOrigin.COORDINATOR, ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void replicationIsFollowedWhateverItBrings() {
        append(Batches.data(0, ID, 5, 0, 10));
        ByteBuf older = Batches.data(10, ID, 4, 77, 1);
        assertThat(states.check(older, 0, AppendOrigin.REPLICATION)).isEqualTo(Accepted.ACCEPTED);
        append(older);
        assertThat(states.producer(ID).epoch()).isEqualTo((short) 4);
        assertThat(states.producer(ID).lastSequence()).isEqualTo(77);
    }

    @Test
    void batchesWithoutAProducerMoveOnlyTheEnd() {
        ByteBuf buffer = Unpooled.buffer();
        new RecordBatchBuilder(buffer, 0)
                .baseOffset(41)
                .append(0, new byte[0], null)
                .build();
        append(buffer);
        assertThat(states.endOffset()).isEqualTo(42);
        assertThat(states.size()).isZero();
    }

    @Test
    void anOpenTransactionIsUnstableTillItsMarkerIsReplicated() {
        append(Batches.transactional(5, ID, 0, 0, 3));
        append(Batches.transactional(8, ID, 0, 3, 2));
        assertThat(states.firstUnstableOffset()).isEqualTo(5);
        assertThat(append(Batches.marker(10, ID, 0, ABORT)))
                .isEqualTo(new CompletedTransaction(ID, 5, 10, Outcome.ABORT, 11));
        assertThat(states.firstUndecidedOffset()).isEqualTo(ProducerStates.NO_OFFSET);
        assertThat(states.firstUnstableOffset()).isEqualTo(5);
        states.onHighWatermark(10);
        assertThat(states.firstUnstableOffset()).isEqualTo(5);
        states.onHighWatermark(11);
        assertThat(states.firstUnstableOffset()).isEqualTo(ProducerStates.NO_OFFSET);
    }

    @Test
    void theStableOffsetOfACompletedTransactionIsTheStartOfTheNextOpenOne() {
        append(Batches.transactional(0, ID, 0, 0, 1));
        append(Batches.transactional(1, ID + 1, 0, 0, 1));
        assertThat(append(Batches.marker(2, ID, 0, COMMIT)).lastStableOffset()).isEqualTo(1);
        assertThat(append(Batches.marker(3, ID + 1, 0, COMMIT)).lastStableOffset())
                .isEqualTo(4);
    }

    @Test
    void aMarkerWithoutATransactionCompletesNothingButCountsItsEpoch() {
        assertThat(append(Batches.marker(0, ID, 7, COMMIT))).isNull();
        assertRejected(Batches.data(1, ID, 6, 0, 1), AppendOrigin.CLIENT, ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(check(Batches.data(1, ID, 7, 0, 1))).isEqualTo(Accepted.ACCEPTED);
        assertRejected(Batches.data(1, ID, 7, 5, 1), AppendOrigin.CLIENT, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void anOlderCoordinatorIsFenced() {
        append(Batches.marker(0, ID, 0, new EndTransactionMarker(Outcome.COMMIT, 5)));
        assertRejected(
                Batches.marker(1, ID, 0, new EndTransactionMarker(Outcome.COMMIT, 4)),
                AppendOrigin.COORDINATOR,
                ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        assertRejected(Batches.marker(1, ID, -1, COMMIT), AppendOrigin.COORDINATOR, ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void plainBatchesAmidATransactionAreRefused() {
        append(Batches.transactional(0, ID, 0, 0, 1));
        assertRejected(Batches.data(1, ID, 0, 1, 1), AppendOrigin.CLIENT, ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void sequencesGoOnAfterAMarker() {
        append(Batches.transactional(0, ID, 0, 0, 4));
        append(Batches.marker(4, ID, 0, COMMIT));
        assertThat(check(Batches.transactional(5, ID, 0, 4, 1))).isEqualTo(Accepted.ACCEPTED);
    }

    @Test
    void idleProducersExpireExceptAmidATransaction() {
        append(Batches.data(0, ID, 3, 0, 1));
        append(Batches.transactional(1, ID + 1, 0, 0, 1));
        assertThat(states.expire(Batches.TIMESTAMP + 999, 1_000)).isZero();
        assertThat(states.expire(Batches.TIMESTAMP + 5_000, 1_000)).isEqualTo(1);
        assertThat(states.producer(ID)).isNull();
        assertThat(states.producer(ID + 1)).isNotNull();
    }

    /** KAFKA-9144: a marker keeps its producer alive, so that its epoch is not forgotten too early. */
    @Test
    void aMarkerCountsAsActivity() {
        append(Batches.transactional(0, ID, 3, 0, 1));
        append(Batches.marker(5_000, ID, 3, COMMIT));
        assertThat(states.expire(Batches.TIMESTAMP + 5_500, 1_000)).isZero();
        assertThat(states.producer(ID).epoch()).isEqualTo((short) 3);
    }
}
