package io.ottla.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.storage.producer.ProducerVerdict.Accepted;
import io.ottla.storage.producer.ProducerVerdict.Rejected;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no batch begins a transaction that its coordinator does not know (KAFKA-14402), no late marker ends the next one
 * (KAFKA-17754), and no expiry sets an epoch back (KAFKA-9144). Method: few batches of one producer, in unlucky orders.
 */
class VerificationTest {
    private static final long ID = 9;
    private static final long DAY_MS = 86_400_000;
    private static final EndTransactionMarker ABORT = new EndTransactionMarker(Outcome.ABORT, 3);

    private final ProducerStates states = new ProducerStates(0);

    private VerificationGuard begin(int epoch, int sequence) {
        return states.beginVerification(ID, (short) epoch, sequence, false, Batches.TIMESTAMP);
    }

    private ProducerVerdict check(ByteBuf batch, VerificationGuard guard) {
        return states.check(batch, 0, AppendOrigin.CLIENT, guard);
    }

    private static void assertRefused(ProducerVerdict verdict, ErrorCode error) {
        assertThat(verdict).isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.error())
                .isEqualTo(error));
    }

    @Test
    void aTransactionBeginsOnlyWithTheGuardOfItsVerification() {
        assertRefused(check(Batches.transactional(0, ID, 0, 0, 2), null), ErrorCode.INVALID_TXN_STATE);
        VerificationGuard guard = begin(0, 0);
        assertThat(guard).isNotNull();
        assertRefused(
                check(Batches.transactional(0, ID, 0, 0, 2), new VerificationGuard()), ErrorCode.INVALID_TXN_STATE);
        assertThat(check(Batches.transactional(0, ID, 0, 0, 2), guard)).isEqualTo(Accepted.ACCEPTED);
        states.onAppended(Batches.transactional(0, ID, 0, 0, 2), 0);
        assertThat(begin(0, 2)).as("the transaction is under way").isNull();
        assertThat(check(Batches.transactional(2, ID, 0, 2, 2), null)).isEqualTo(Accepted.ACCEPTED);
    }

    @Test
    void aMarkerVoidsTheGuardSoThatALateBatchDoesNotHang() {
        VerificationGuard guard = begin(0, 0);
        states.onAppended(Batches.marker(0, ID, 0, ABORT), 0);
        assertRefused(check(Batches.transactional(1, ID, 0, 0, 2), guard), ErrorCode.INVALID_TXN_STATE);
        VerificationGuard next = begin(0, 0);
        assertThat(next).isNotSameAs(guard);
        assertThat(check(Batches.transactional(1, ID, 0, 0, 2), next)).isEqualTo(Accepted.ACCEPTED);
    }

    @Test
    void afterTheEndOfATransactionTheNextOneIsVerifiedAnew() {
        VerificationGuard guard = begin(0, 0);
        states.onAppended(Batches.transactional(0, ID, 0, 0, 2), 0);
        states.onAppended(Batches.marker(2, ID, 0, ABORT), 0);
        assertRefused(check(Batches.transactional(3, ID, 0, 2, 1), guard), ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void allThatWaitShareOneGuardAndTheLowestSequenceComesFirst() {
        VerificationGuard guard = begin(0, 5);
        assertThat(begin(0, 0)).isSameAs(guard);
        assertRefused(check(Batches.transactional(0, ID, 0, 5, 1), guard), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(check(Batches.transactional(0, ID, 0, 0, 5), guard)).isEqualTo(Accepted.ACCEPTED);
    }

    @Test
    void inAnEpochOfItsOwnATransactionOfAnUnknownProducerBeginsWithTheFirstSequence() {
        VerificationGuard guard = states.beginVerification(ID, (short) 3, 5, true, Batches.TIMESTAMP);
        assertRefused(check(Batches.transactional(0, ID, 3, 5, 1), guard), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(check(Batches.transactional(0, ID, 3, 0, 5), guard)).isEqualTo(Accepted.ACCEPTED);
        states.onAppended(Batches.transactional(0, ID, 3, 0, 5), 0);
        states.onAppended(Batches.marker(5, ID, 3, ABORT), 0);
        VerificationGuard next = states.beginVerification(ID, (short) 3, 5, true, Batches.TIMESTAMP);
        assertThat(check(Batches.transactional(6, ID, 3, 5, 1), next))
                .as("a client that begins to use version 2 amid an epoch")
                .isEqualTo(Accepted.ACCEPTED);
    }

    @Test
    void aDuplicateOfAnEndedTransactionIsAnsweredWithoutVerification() {
        states.onAppended(Batches.transactional(0, ID, 0, 0, 2), 0);
        states.onAppended(Batches.marker(2, ID, 0, ABORT), 0);
        assertThat(check(Batches.transactional(0, ID, 0, 0, 2), null)).isInstanceOf(ProducerVerdict.Duplicate.class);
    }

    @Test
    void guardsThatNobodyUsesAreForgotten() {
        VerificationGuard guard = begin(0, 0);
        states.expire(Batches.TIMESTAMP + DAY_MS, DAY_MS);
        assertRefused(check(Batches.transactional(0, ID, 0, 0, 2), guard), ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void aMarkerThatRaisesTheEpochIsDueOnceAndLateAfterwards(@TempDir Path directory) throws Exception {
        ProducerStateManager kafka = new ProducerStateManager(
                new TopicPartition("letters", 0),
                directory.toFile(),
                900_000,
                new ProducerStateManagerConfig(Integer.MAX_VALUE, false),
                Time.SYSTEM);
        assertThat(states.checkRaisingMarker(ID, (short) 1)).isEqualTo(MarkerVerdict.DUE);
        appendToBoth(kafka, Batches.transactional(0, ID, 0, 0, 2), 0);
        assertThat(states.checkRaisingMarker(ID, (short) 0)).isEqualTo(MarkerVerdict.STALE);
        assertThat(kafkaTakes(kafka, Batches.marker(2, ID, 0, ABORT))).isFalse();
        assertThat(states.checkRaisingMarker(ID, (short) 1)).isEqualTo(MarkerVerdict.DUE);
        assertThat(kafkaTakes(kafka, Batches.marker(2, ID, 1, ABORT))).isTrue();
        appendToBoth(kafka, Batches.marker(2, ID, 1, ABORT), 2);
        assertThat(states.checkRaisingMarker(ID, (short) 1)).isEqualTo(MarkerVerdict.DONE);
        appendToBoth(kafka, Batches.transactional(3, ID, 1, 0, 2), 0);
        assertThat(states.checkRaisingMarker(ID, (short) 1)).as("sent again").isEqualTo(MarkerVerdict.STALE);
        assertThat(kafkaTakes(kafka, Batches.marker(5, ID, 1, ABORT))).isFalse();
    }

    private void appendToBoth(ProducerStateManager kafka, ByteBuf batch, int transactionVersion) {
        states.onAppended(batch, 0);
        MutableRecordBatch theirs = kafkaBatch(batch);
        var info = kafka.prepareUpdate(ID, origin(theirs));
        info.append(theirs, Optional.empty(), (short) transactionVersion);
        kafka.update(info);
    }

    private static boolean kafkaTakes(ProducerStateManager kafka, ByteBuf marker) {
        MutableRecordBatch theirs = kafkaBatch(marker);
        try {
            kafka.prepareUpdate(ID, origin(theirs)).append(theirs, Optional.empty(), (short) 2);
            return true;
        } catch (InvalidProducerEpochException e) {
            return false;
        }
    }

    private static org.apache.kafka.storage.internals.log.AppendOrigin origin(MutableRecordBatch batch) {
        return batch.isControlBatch()
                ? org.apache.kafka.storage.internals.log.AppendOrigin.COORDINATOR
                : org.apache.kafka.storage.internals.log.AppendOrigin.CLIENT;
    }

    private static MutableRecordBatch kafkaBatch(ByteBuf batch) {
        return MemoryRecords.readableRecords(ByteBuffer.wrap(ByteBufUtil.getBytes(batch)))
                .batches()
                .iterator()
                .next();
    }

    @Test
    void theFirstBatchAfterARaisingMarkerBeginsTheSequenceAnew() {
        states.onAppended(Batches.transactional(0, ID, 0, 0, 2), 0);
        states.onAppended(Batches.marker(2, ID, 1, ABORT), 0);
        assertThat(check(Batches.transactional(3, ID, 1, 0, 1), begin(1, 0))).isEqualTo(Accepted.ACCEPTED);
        assertRefused(
                check(Batches.transactional(3, ID, 0, 2, 1), VerificationGuard.NOT_REQUIRED),
                ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void expiryNeitherForgetsAnOpenTransactionNorTheEpochOfARecentMarker() {
        long laterMs = Batches.TIMESTAMP + 3 * DAY_MS;
        states.onAppended(Batches.transactional(0, ID, 4, 0, 1), 0);
        states.onAppended(Batches.data(1, ID + 1, 0, 0, 1), 0);
        assertThat(states.expire(laterMs, DAY_MS))
                .as("the idle one without a transaction")
                .isEqualTo(1);
        assertThat(states.firstUndecidedOffset()).isZero();
        states.onAppended(Batches.marker(3 * DAY_MS, ID, 5, ABORT), 0);
        assertThat(states.expire(laterMs, DAY_MS)).isZero();
        ProducerVerdict late = states.check(Batches.marker(9, ID, 4, ABORT), 0, AppendOrigin.COORDINATOR);
        assertRefused(late, ErrorCode.INVALID_PRODUCER_EPOCH);
    }
}
