package io.ottla.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.EndTransactionMarker.Outcome;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.producer.ProducerVerdict.Accepted;
import io.ottla.storage.producer.ProducerVerdict.Duplicate;
import io.ottla.storage.producer.ProducerVerdict.Rejected;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.CompletedTxn;
import org.apache.kafka.storage.internals.log.ProducerAppendInfo;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: the same verdicts, transactions and snapshot bytes as Apache Kafka. Method: the same seeded batches, sensible and
 * not, go to its ProducerStateManager and to ours.
 */
class KafkaProducerStateTest {
    private static final TopicPartition PARTITION = new TopicPartition("letters", 0);
    private static final int EXPIRATION_MS = Integer.MAX_VALUE;

    @TempDir
    private Path directory;

    private ProducerStateManager kafka;
    private final ProducerStates ours = new ProducerStates(0);
    private long offset;

    @BeforeEach
    void openKafka() throws IOException {
        kafka = openKafkaAt(directory);
    }

    private static ProducerStateManager openKafkaAt(Path directory) throws IOException {
        return new ProducerStateManager(
                PARTITION,
                directory.toFile(),
                900_000,
                new ProducerStateManagerConfig(EXPIRATION_MS, false),
                Time.SYSTEM);
    }

    @Test
    void verdictsAndTransactionsAreTheSame() throws Exception {
        Random random = new Random(3);
        Map<String, Integer> seen = new TreeMap<>();
        for (int step = 0; step < 20_000; step++) {
            ByteBuf batch = randomBatch(random);
            AppendOrigin origin = originOf(batch, random);
            String expected = askKafka(batch, origin);
            ProducerVerdict verdict = ours.check(batch, 0, origin);
            assertThat(describe(verdict)).as("step %d", step).isEqualTo(expected);
            seen.merge(verdict instanceof Duplicate ? "duplicate" : expected, 1, Integer::sum);
            if (verdict == Accepted.ACCEPTED) {
                CompletedTransaction completed = ours.onAppended(batch, 0);
                assertThat(completed).isEqualTo(appendToKafka(batch, origin));
                seen.merge(completed == null ? "none completed" : "completed", 1, Integer::sum);
                offset = RecordBatch.nextOffset(batch, 0);
            }
            if (random.nextInt(4) == 0) {
                long highWatermark = offset - random.nextInt(5);
                kafka.onHighWatermarkUpdated(highWatermark);
                ours.onHighWatermark(highWatermark);
            }
            assertThat(ours.firstUnstableOffset())
                    .isEqualTo(kafka.firstUnstableOffset()
                            .map(metadata -> metadata.messageOffset)
                            .orElse(ProducerStates.NO_OFFSET));
        }
        assertThat(seen.keySet())
                .contains(
                        "accepted",
                        "completed",
                        "duplicate",
                        "INVALID_PRODUCER_EPOCH",
                        "INVALID_TXN_STATE",
                        "OUT_OF_ORDER_SEQUENCE_NUMBER",
                        "TRANSACTION_COORDINATOR_FENCED");
        assertThat(seen.values()).allMatch(count -> count > 50);
        kafka.updateMapEndOffset(offset);
        kafka.takeSnapshot();
        assertThat(ours.takeSnapshot()).isEqualTo(Files.readAllBytes(snapshotPath(offset)));
    }

    @Test
    void kafkaReadsOurSnapshots() throws Exception {
        Random random = new Random(4);
        fillOurs(random);
        Files.write(snapshotPath(offset), ours.takeSnapshot());
        List<ProducerStateEntry> entries =
                ProducerStateManager.readSnapshot(snapshotPath(offset).toFile());
        assertThat(entries).hasSize(ours.size());
        for (ProducerStateEntry entry : entries) {
            ProducerState state = ours.producer(entry.producerId());
            assertThat(state.epoch()).isEqualTo(entry.producerEpoch());
            assertThat(state.coordinatorEpoch()).isEqualTo(entry.coordinatorEpoch());
            assertThat(state.lastOffset()).isEqualTo(entry.lastDataOffset());
            assertThat(state.lastTimestamp()).isEqualTo(entry.lastTimestamp());
            assertThat(entry.currentTxnFirstOffset())
                    .isEqualTo(
                            state.isInTransaction()
                                    ? OptionalLong.of(state.transactionFirstOffset())
                                    : OptionalLong.empty());
        }
        ProducerStateManager reopened = openKafkaAt(directory);
        reopened.truncateAndReload(0, offset, Batches.TIMESTAMP);
        assertThat(reopened.activeProducers()).hasSize(ours.size());
    }

    private void fillOurs(Random random) {
        for (int i = 0; i < 500; i++) {
            ByteBuf batch = randomBatch(random);
            if (ours.check(batch, 0, AppendOrigin.CLIENT) == Accepted.ACCEPTED) {
                ours.onAppended(batch, 0);
                offset = RecordBatch.nextOffset(batch, 0);
            }
        }
    }

    private Path snapshotPath(long at) {
        return directory.resolve("%020d.snapshot".formatted(at));
    }

    /** Mostly what a good client would send, or a retry of it; sometimes anything. */
    private ByteBuf randomBatch(Random random) {
        long id = random.nextInt(12);
        ProducerState state = ours.producer(id);
        int epoch = state == null ? 0 : state.epoch();
        int sequence = state == null ? 0 : state.lastSequence() + 1;
        int count = 1 + random.nextInt(4);
        switch (random.nextInt(12)) {
            case 0 -> epoch = Math.max(0, epoch + random.nextInt(3) - 1);
            case 1 -> {
                epoch++;
                sequence = 0;
            }
            case 2, 3, 4 -> sequence = Math.max(0, sequence - random.nextInt(20));
            case 5 -> sequence += random.nextInt(3);
            case 6 -> sequence = Integer.MAX_VALUE - random.nextInt(6);
            default -> {}
        }
        if (random.nextInt(6) == 0) {
            Outcome outcome = random.nextBoolean() ? Outcome.COMMIT : Outcome.ABORT;
            int coordinatorEpoch = Math.max(0, (int) (offset / 1_000) + random.nextInt(4) - 2);
            return Batches.marker(offset, id, epoch, new EndTransactionMarker(outcome, coordinatorEpoch));
        }
        boolean transactional =
                state != null && state.isInTransaction() ? random.nextInt(8) > 0 : random.nextInt(5) == 0;
        return transactional
                ? Batches.transactional(offset, id, epoch, sequence & Integer.MAX_VALUE, count)
                : Batches.data(offset, id, epoch, sequence & Integer.MAX_VALUE, count);
    }

    private static AppendOrigin originOf(ByteBuf batch, Random random) {
        return RecordBatch.isControl(batch, 0) || random.nextInt(10) == 0
                ? AppendOrigin.COORDINATOR
                : AppendOrigin.CLIENT;
    }

    private String askKafka(ByteBuf batch, AppendOrigin origin) {
        MutableRecordBatch kafkaBatch = kafkaBatch(batch);
        Optional<ProducerStateEntry> entry = kafka.lastEntry(kafkaBatch.producerId());
        if (origin == AppendOrigin.CLIENT
                && entry.isPresent()
                && entry.get().producerEpoch() == kafkaBatch.producerEpoch()) {
            for (BatchMetadata known : entry.get().batchMetadata()) {
                if (known.firstSeq() == kafkaBatch.baseSequence() && known.lastSeq() == kafkaBatch.lastSequence()) {
                    return new Duplicate(known.firstOffset(), known.lastOffset(), known.timestamp()).toString();
                }
            }
        }
        try {
            prepare(kafkaBatch, origin);
            return "accepted";
        } catch (ApiException e) {
            return Errors.forException(e).name();
        }
    }

    private record Prepared(ProducerAppendInfo info, Optional<CompletedTxn> completed) {}

    private Prepared prepare(MutableRecordBatch batch, AppendOrigin origin) {
        ProducerAppendInfo info = kafka.prepareUpdate(
                batch.producerId(), org.apache.kafka.storage.internals.log.AppendOrigin.valueOf(origin.name()));
        return new Prepared(info, info.append(batch, Optional.empty(), (short) 0));
    }

    private CompletedTransaction appendToKafka(ByteBuf batch, AppendOrigin origin) {
        Prepared prepared = prepare(kafkaBatch(batch), origin);
        kafka.update(prepared.info());
        if (prepared.completed().isEmpty()) {
            return null;
        }
        CompletedTxn done = prepared.completed().get();
        long lastStableOffset = kafka.lastStableOffset(done);
        kafka.completeTxn(done);
        return new CompletedTransaction(
                done.producerId(),
                done.firstOffset(),
                done.lastOffset(),
                done.isAborted() ? Outcome.ABORT : Outcome.COMMIT,
                lastStableOffset);
    }

    private static MutableRecordBatch kafkaBatch(ByteBuf batch) {
        return MemoryRecords.readableRecords(ByteBuffer.wrap(ByteBufUtil.getBytes(batch)))
                .batches()
                .iterator()
                .next();
    }

    private static String describe(ProducerVerdict verdict) {
        if (verdict instanceof Rejected rejected) {
            return rejected.error().name();
        }
        return verdict instanceof Duplicate ? verdict.toString() : "accepted";
    }
}
