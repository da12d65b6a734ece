package io.ottla.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.record.AppendRules.KeyPolicy;
import io.ottla.protocol.record.BatchVerdict.Accepted;
import io.ottla.protocol.record.BatchVerdict.RecordError;
import io.ottla.protocol.record.BatchVerdict.Rejected;
import java.util.function.Consumer;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: each rule of an append refuses what breaks it, with the code that Kafka's clients expect. Method: one batch each. */
class BatchValidatorTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final byte[] KEY = {1};
    private static final byte[] VALUE = new byte[500];
    private static final AppendRules LENIENT = rules(null, TimestampType.CREATE_TIME, KeyPolicy.OPTIONAL);

    private final BatchValidator validator = new BatchValidator(1 << 20);

    private static AppendRules rules(CompressionCodec codec, TimestampType type, KeyPolicy keys) {
        int level = codec == null ? 0 : codec.defaultLevel();
        return new AppendRules(100_000, codec, level, type, Long.MAX_VALUE, Long.MAX_VALUE, keys);
    }

    private static AppendRules bounded(long beforeMs, long afterMs) {
        return new AppendRules(100_000, null, 0, TimestampType.CREATE_TIME, beforeMs, afterMs, KeyPolicy.OPTIONAL);
    }

    private static ByteBuf batch(Consumer<RecordBatchBuilder> content) {
        ByteBuf buffer = Unpooled.buffer();
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, NOW);
        content.accept(builder);
        builder.build();
        return buffer;
    }

    private static ByteBuf plain() {
        return batch(b -> b.append(NOW, KEY, VALUE).append(NOW + 5, KEY, VALUE).append(NOW + 2, KEY, VALUE));
    }

    private static ByteBuf compressed(CompressionCodec codec) {
        return batch(b ->
                b.codec(codec, codec.defaultLevel()).append(NOW, KEY, VALUE).append(NOW + 5, null, VALUE));
    }

    private BatchVerdict validate(ByteBuf payload, AppendRules rules) {
        return validator.validate(payload, rules, AppendOrigin.CLIENT, 12, NOW);
    }

    private Rejected assertRejected(ByteBuf payload, AppendRules rules, ErrorCode error) {
        BatchVerdict verdict = validate(payload, rules);
        assertThat(verdict).isInstanceOf(Rejected.class);
        Rejected rejected = (Rejected) verdict;
        assertThat(rejected.error()).as(rejected.message()).isEqualTo(error);
        assertThat(rejected.message()).isNotBlank();
        return rejected;
    }

    private Accepted assertAccepted(ByteBuf payload, AppendRules rules) {
        BatchVerdict verdict = validate(payload, rules);
        assertThat(verdict).isInstanceOf(Accepted.class);
        Accepted accepted = (Accepted) verdict;
        assertThat(RecordBatch.isCrcValid(accepted.buffer(), accepted.position()))
                .isTrue();
        return accepted;
    }

    /** Changes bytes and makes the checksum right again, as a faulty client would. */
    private static ByteBuf patched(ByteBuf batch, Consumer<ByteBuf> patch) {
        patch.accept(batch);
        RecordBatch.updateCrc(batch, 0);
        return batch;
    }

    @Test
    void acceptsAPlainBatchInPlace() {
        ByteBuf payload = plain();
        byte[] before = ByteBufUtil.getBytes(payload);
        Accepted accepted = assertAccepted(payload, LENIENT);
        assertThat(accepted).isEqualTo(new Accepted(payload, 0, payload.readableBytes(), NOW + 5, 1, false));
        assertThat(ByteBufUtil.getBytes(payload)).isEqualTo(before);
    }

    @Test
    void acceptsABatchThatBeginsInsideOfItsBuffer() {
        ByteBuf batch = plain();
        ByteBuf payload = Unpooled.buffer().writeZero(7).writeBytes(batch).skipBytes(7);
        assertThat(assertAccepted(payload, LENIENT).position()).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource(value = CompressionCodec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void doesNotOpenACompressedBatchWithoutNeed(CompressionCodec codec) {
        ByteBuf payload = patched(compressed(codec), b -> b.setByte(RecordBatch.RECORDS_AT + 20, 0xa5));
        assertAccepted(payload, LENIENT);
        assertAccepted(payload, bounded(Long.MAX_VALUE, 1_000));
        assertRejected(payload, bounded(1_000, 1_000), ErrorCode.INVALID_RECORD);
    }

    @Test
    void refusesAnythingButExactlyOneBatch() {
        assertRejected(Unpooled.buffer(), LENIENT, ErrorCode.INVALID_RECORD);
        assertRejected(plain().writeBytes(plain()), LENIENT, ErrorCode.INVALID_RECORD);
        assertRejected(plain().writeByte(0), LENIENT, ErrorCode.INVALID_RECORD);
        ByteBuf whole = plain();
        assertRejected(whole.slice(0, whole.readableBytes() - 1), LENIENT, ErrorCode.INVALID_RECORD);
    }

    @Test
    void refusesOldAndUnknownMagic() {
        for (int magic = 0; magic < 2; magic++) {
            assertRejected(plain().setByte(RecordBatch.MAGIC_AT, magic), LENIENT, ErrorCode.INVALID_RECORD);
        }
        assertRejected(plain().setByte(RecordBatch.MAGIC_AT, 3), LENIENT, ErrorCode.CORRUPT_MESSAGE);
        assertRejected(plain().setInt(RecordBatch.LENGTH_AT, 48), LENIENT, ErrorCode.CORRUPT_MESSAGE);
        assertRejected(plain().setInt(RecordBatch.LENGTH_AT, -1), LENIENT, ErrorCode.CORRUPT_MESSAGE);
        assertRejected(plain().setInt(RecordBatch.LENGTH_AT, Integer.MAX_VALUE), LENIENT, ErrorCode.INVALID_RECORD);
    }

    @Test
    void refusesAWrongChecksum() {
        ByteBuf payload = plain();
        payload.setByte(100, payload.getByte(100) ^ 1);
        assertRejected(payload, LENIENT, ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void refusesABatchAboveTheSizeBound() {
        ByteBuf payload = plain();
        int size = payload.readableBytes();
        for (int delta = 0; delta < 2; delta++) {
            AppendRules rules = new AppendRules(
                    size - delta,
                    null,
                    0,
                    TimestampType.CREATE_TIME,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    KeyPolicy.OPTIONAL);
            if (delta == 0) {
                assertAccepted(payload, rules);
            } else {
                assertRejected(payload, rules, ErrorCode.MESSAGE_TOO_LARGE);
            }
        }
    }

    @Test
    void refusesACountThatContradictsTheOffsets() {
        assertRejected(
                patched(plain(), b -> b.setInt(RecordBatch.RECORD_COUNT_AT, 0)), LENIENT, ErrorCode.INVALID_RECORD);
        assertRejected(
                patched(plain(), b -> b.setInt(RecordBatch.RECORD_COUNT_AT, 2)), LENIENT, ErrorCode.INVALID_RECORD);
        assertRejected(
                patched(plain(), b -> b.setInt(RecordBatch.RECORD_COUNT_AT, -1)
                        .setInt(RecordBatch.LAST_OFFSET_DELTA_AT, -2)),
                LENIENT,
                ErrorCode.INVALID_RECORD);
    }

    @Test
    void refusesACountThatContradictsTheRecords() {
        for (int count : new int[] {2, 4, 1_000_000}) {
            ByteBuf payload = patched(plain(), b -> b.setInt(RecordBatch.RECORD_COUNT_AT, count)
                    .setInt(RecordBatch.LAST_OFFSET_DELTA_AT, count - 1));
            assertRejected(payload, LENIENT, ErrorCode.INVALID_RECORD);
        }
    }

    @Test
    void refusesOffsetsThatAreNotConsecutive() {
        ByteBuf payload = batch(b -> b.append(NOW, KEY, VALUE).skipOffsets(1).append(NOW, KEY, VALUE));
        payload.setInt(RecordBatch.RECORD_COUNT_AT, 2);
        assertRejected(patched(payload, b -> {}), LENIENT, ErrorCode.INVALID_RECORD);
    }

    @Test
    void refusesWhatOnlyABrokerMayWrite() {
        assertRejected(batch(b -> b.control().append(NOW, KEY, VALUE)), LENIENT, ErrorCode.INVALID_RECORD);
        assertRejected(batch(b -> b.logAppendTime(NOW).append(NOW, KEY, VALUE)), LENIENT, ErrorCode.INVALID_TIMESTAMP);
        assertRejected(batch(b -> b.baseOffset(1).append(NOW, KEY, VALUE)), LENIENT, ErrorCode.INVALID_RECORD);
        assertRejected(
                patched(plain(), b -> b.setShort(RecordBatch.ATTRIBUTES_AT, RecordBatch.DELETE_HORIZON_MASK)),
                LENIENT,
                ErrorCode.INVALID_RECORD);
    }

    @Test
    void aCoordinatorMayWriteControlRecords() {
        ByteBuf payload = batch(b -> new EndTransactionMarker(EndTransactionMarker.Outcome.COMMIT, 1)
                .appendTo(b.control().producer(3, (short) 0, -1), NOW));
        assertThat(validator.validate(
                        payload,
                        rules(CompressionCodec.ZSTD, TimestampType.CREATE_TIME, KeyPolicy.REQUIRED),
                        AppendOrigin.COORDINATOR,
                        12,
                        NOW))
                .isInstanceOfSatisfying(Accepted.class, accepted -> assertThat(accepted.isRebuilt())
                        .isFalse());
    }

    @Test
    void refusesAProducerWithoutASequence() {
        assertRejected(
                batch(b -> b.producer(5, (short) 0, -1).append(NOW, KEY, VALUE)), LENIENT, ErrorCode.INVALID_RECORD);
    }

    @Test
    void refusesATransactionWithoutAProducer() {
        assertRejected(batch(b -> b.transactional().append(NOW, KEY, VALUE)), LENIENT, ErrorCode.INVALID_RECORD);
    }

    @Test
    void refusesCodecsThatTheClientOrTheFormatDoesNotKnow() {
        assertRejected(
                patched(plain(), b -> b.setShort(RecordBatch.ATTRIBUTES_AT, 5)),
                LENIENT,
                ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        ByteBuf zstd = compressed(CompressionCodec.ZSTD);
        assertThat(validator.validate(zstd, LENIENT, AppendOrigin.CLIENT, 6, NOW))
                .isInstanceOfSatisfying(
                        Rejected.class, r -> assertThat(r.error()).isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE));
        assertThat(validator.validate(zstd, LENIENT, AppendOrigin.CLIENT, 7, NOW))
                .isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void aCompactedTopicNamesTheRecordsWithoutAKey(CompressionCodec codec) {
        ByteBuf payload = batch(b -> b.codec(codec, codec.defaultLevel())
                .append(NOW, null, VALUE)
                .append(NOW, KEY, VALUE)
                .append(NOW, null, VALUE));
        AppendRules compacted = rules(null, TimestampType.CREATE_TIME, KeyPolicy.REQUIRED);
        Rejected rejected = assertRejected(payload, compacted, ErrorCode.INVALID_RECORD);
        assertThat(rejected.recordErrors()).extracting(RecordError::batchIndex).containsExactly(0, 2);
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void timestampsMustLieWithinTheBounds(CompressionCodec codec) {
        ByteBuf payload = batch(b -> b.codec(codec, codec.defaultLevel())
                .append(NOW, KEY, VALUE)
                .append(NOW - 1_001, KEY, VALUE)
                .append(RecordBatch.NO_TIMESTAMP, KEY, VALUE)
                .append(NOW + 501, KEY, VALUE));
        assertAccepted(payload, bounded(1_001, 501));
        assertThat(assertRejected(payload, bounded(1_000, 501), ErrorCode.INVALID_TIMESTAMP)
                        .recordErrors())
                .extracting(RecordError::batchIndex)
                .containsExactly(1);
        assertThat(assertRejected(payload, bounded(Long.MAX_VALUE, 500), ErrorCode.INVALID_TIMESTAMP)
                        .recordErrors())
                .extracting(RecordError::batchIndex)
                .containsExactly(3);
    }

    @Test
    void extremeTimestampsDoNotOverflow() {
        ByteBuf payload = batch(b -> b.append(Long.MAX_VALUE, KEY, VALUE).append(Long.MIN_VALUE, KEY, VALUE));
        assertAccepted(payload, bounded(Long.MAX_VALUE, Long.MAX_VALUE));
        assertThat(assertRejected(payload, bounded(Long.MAX_VALUE - 1, Long.MAX_VALUE - 1), ErrorCode.INVALID_TIMESTAMP)
                        .recordErrors())
                .extracting(RecordError::batchIndex)
                .containsExactly(1);
    }

    @Test
    void aFalseMaxTimestampIsCorrected() {
        ByteBuf payload = patched(plain(), b -> b.setLong(RecordBatch.MAX_TIMESTAMP_AT, NOW + 99));
        assertThat(assertAccepted(payload, LENIENT).maxTimestamp()).isEqualTo(NOW + 5);
        assertThat(RecordBatch.maxTimestamp(payload, 0)).isEqualTo(NOW + 5);
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void theBrokersTimestampIsSetInPlace(CompressionCodec codec) {
        ByteBuf payload = compressed(codec);
        AppendRules rules = new AppendRules(100_000, null, 0, TimestampType.LOG_APPEND_TIME, 0, 0, KeyPolicy.OPTIONAL);
        assertThat(validator.validate(payload, rules, AppendOrigin.CLIENT, 12, NOW + 77))
                .isEqualTo(new Accepted(payload, 0, payload.readableBytes(), NOW + 77, 1, false));
        MutableRecordBatch kafka = KafkaInteropTest.onlyBatch(ByteBufUtil.getBytes(payload));
        kafka.ensureValid();
        for (Record record : kafka) {
            assertThat(record.timestamp()).isEqualTo(NOW + 77);
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void recordsAreRecompressedIntoTheTopicsCodec(CompressionCodec target) {
        for (CompressionCodec source : CompressionCodec.values()) {
            ByteBuf payload = batch(b -> b.codec(source, source.defaultLevel())
                    .producer(8, (short) 2, 40)
                    .transactional()
                    .append(NOW, KEY, VALUE, RecordBatchBuilder.RecordHeader.of("h", null))
                    .append(NOW + 9, null, null));
            Accepted accepted = assertAccepted(payload, rules(target, TimestampType.CREATE_TIME, KeyPolicy.OPTIONAL));
            assertThat(accepted.isRebuilt()).isEqualTo(source != target);
            assertThat(accepted.maxTimestamp()).isEqualTo(NOW + 9);
            assertThat(accepted.sizeBytes()).isEqualTo(accepted.buffer().readableBytes());
            MutableRecordBatch before = KafkaInteropTest.onlyBatch(ByteBufUtil.getBytes(payload));
            MutableRecordBatch after = KafkaInteropTest.onlyBatch(ByteBufUtil.getBytes(accepted.buffer()));
            after.ensureValid();
            assertThat(after.compressionType().name).isEqualTo(target.configName());
            assertThat(after).containsExactlyElementsOf(before);
            assertThat(after.producerId()).isEqualTo(8);
            assertThat(after.producerEpoch()).isEqualTo((short) 2);
            assertThat(after.baseSequence()).isEqualTo(40);
            assertThat(after.isTransactional()).isTrue();
            accepted.buffer().release();
        }
    }

    @Test
    void recompressionRespectsTimestampsAndSize() {
        AppendRules stamped = rules(CompressionCodec.LZ4, TimestampType.LOG_APPEND_TIME, KeyPolicy.OPTIONAL);
        Accepted accepted = assertAccepted(plain(), stamped);
        assertThat(accepted.maxTimestamp()).isEqualTo(NOW);
        assertThat(accepted.maxTimestampDelta()).isEqualTo(2);
        assertThat(RecordBatch.isLogAppendTime(accepted.buffer(), 0)).isTrue();

        AppendRules uncompressed = new AppendRules(
                400,
                CompressionCodec.NONE,
                0,
                TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                KeyPolicy.OPTIONAL);
        assertRejected(compressed(CompressionCodec.ZSTD), uncompressed, ErrorCode.MESSAGE_TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource(value = CompressionCodec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aDecompressionBombIsRefused(CompressionCodec codec) {
        ByteBuf oneRecord = batch(b -> b.codec(codec, codec.defaultLevel()).append(NOW, KEY, new byte[3 << 20]));
        ByteBuf manyRecords = batch(b -> {
            b.codec(codec, codec.defaultLevel());
            for (int i = 0; i < 10_000; i++) {
                b.append(NOW, KEY, VALUE);
            }
        });
        AppendRules rules = new AppendRules(
                1 << 20,
                CompressionCodec.NONE,
                0,
                TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                KeyPolicy.OPTIONAL);
        assertRejected(oneRecord, rules, ErrorCode.INVALID_RECORD);
        assertThat(assertRejected(manyRecords, rules, ErrorCode.INVALID_RECORD).message())
                .contains("more than 1048576 bytes");
    }

    @Test
    void blamesABoundedNumberOfRecords() {
        ByteBuf payload = batch(b -> {
            for (int i = 0; i < 5_000; i++) {
                b.append(NOW, null, KEY);
            }
        });
        Rejected rejected = assertRejected(
                payload, rules(null, TimestampType.CREATE_TIME, KeyPolicy.REQUIRED), ErrorCode.INVALID_RECORD);
        assertThat(rejected.recordErrors()).hasSize(1_000);
        assertThat(rejected.message()).startsWith("5000 records");
    }
}
