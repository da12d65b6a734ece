package io.ottla.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.AppendOrigin;
import io.ottla.protocol.record.AppendRules;
import io.ottla.protocol.record.AppendRules.KeyPolicy;
import io.ottla.protocol.record.BatchValidator;
import io.ottla.protocol.record.BatchVerdict;
import io.ottla.protocol.record.BatchVerdict.Accepted;
import io.ottla.protocol.record.BatchVerdict.RecordError;
import io.ottla.protocol.record.BatchVerdict.Rejected;
import io.ottla.protocol.record.CompressionCodec;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.record.TimestampType;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.PrimitiveRef;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.RecordValidationException;
import org.junit.jupiter.api.Test;

/**
 * Goal: an append is refused for the same reason as by Apache Kafka, and what is stored is the same. Method: the same
 * seeded batches, sensible and not, under seeded topic settings, go to its LogValidator and to ours. Left out is where we
 * differ by design: compressed batches that no setting demands to open.
 */
class KafkaAppendValidationTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long BASE_OFFSET = 700;
    private static final int LEADER_EPOCH = 6;

    private final BatchValidator validator = new BatchValidator();
    private final Map<String, Integer> seen = new TreeMap<>();

    @Test
    void verdictsAndStoredBatchesAreTheSame() {
        Random random = new Random(21);
        for (int round = 0; round < 4_000; round++) {
            AppendRules rules = randomRules(random);
            ByteBuf batch = randomBatch(random, rules);
            compare(batch, rules, "round " + round + " " + rules);
            batch.release();
        }
        assertThat(seen.keySet()).contains("in place", "rebuilt", "INVALID_RECORD", "INVALID_TIMESTAMP");
        assertThat(seen.values()).allMatch(count -> count > 100);
    }

    private static AppendRules randomRules(Random random) {
        CompressionCodec codec = random.nextInt(3) == 0 ? any(random, CompressionCodec.values()) : null;
        return new AppendRules(
                1 << 20,
                codec,
                codec == null ? 0 : codec.defaultLevel(),
                any(random, TimestampType.values()),
                random.nextInt(3) == 0 ? Long.MAX_VALUE : 10_000,
                random.nextInt(3) == 0 ? Long.MAX_VALUE : 10_000,
                any(random, KeyPolicy.values()));
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private static boolean isOpened(CompressionCodec codec, AppendRules rules) {
        return codec == CompressionCodec.NONE
                || rules.keyPolicy() == KeyPolicy.REQUIRED
                || (rules.codec() != null && rules.codec() != codec)
                || (rules.timestampType() == TimestampType.CREATE_TIME
                        && rules.timestampBeforeMaxMs() != Long.MAX_VALUE);
    }

    private static ByteBuf randomBatch(Random random, AppendRules rules) {
        CompressionCodec codec = any(random, CompressionCodec.values());
        ByteBuf buffer = Unpooled.buffer();
        long firstTimestamp = randomTimestamp(random);
        RecordBatchBuilder builder = new RecordBatchBuilder(buffer, firstTimestamp).codec(codec, codec.defaultLevel());
        if (random.nextBoolean()) {
            builder.producer(3, (short) 0, random.nextInt(10) - 1);
            if (random.nextInt(5) == 0) {
                builder.transactional();
            }
        }
        if (random.nextInt(20) == 0) {
            builder.control();
        }
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            byte[] key = random.nextInt(20) == 0 ? null : new byte[] {(byte) i};
            builder.append(i == 0 ? firstTimestamp : randomTimestamp(random), key, new byte[random.nextInt(60)]);
        }
        builder.build();
        damageHeader(random, buffer, count, isOpened(codec, rules));
        return buffer;
    }

    private static long randomTimestamp(Random random) {
        return switch (random.nextInt(40)) {
            case 0 -> RecordBatch.NO_TIMESTAMP;
            case 1 -> NOW - 10_001;
            case 2 -> NOW + 10_001;
            default -> NOW + random.nextInt(20_001) - 10_000;
        };
    }

    private static void damageHeader(Random random, ByteBuf buffer, int count, boolean opened) {
        switch (random.nextInt(12)) {
            case 0 -> buffer.setInt(RecordBatch.RECORD_COUNT_AT, count - 1 + random.nextInt(3));
            case 1 -> buffer.setInt(RecordBatch.LAST_OFFSET_DELTA_AT, count - 2 + random.nextInt(3));
            case 2 -> {
                if (opened) {
                    int claimed = Math.max(1, count + random.nextInt(5) - 2);
                    buffer.setInt(RecordBatch.RECORD_COUNT_AT, claimed);
                    buffer.setInt(RecordBatch.LAST_OFFSET_DELTA_AT, claimed - 1);
                }
            }
            case 3 -> {
                if (opened) {
                    buffer.setLong(RecordBatch.MAX_TIMESTAMP_AT, NOW + random.nextInt(100));
                }
            }
            default -> {}
        }
        RecordBatch.updateCrc(buffer, 0);
    }

    private void compare(ByteBuf batch, AppendRules rules, String what) {
        byte[] original = ByteBufUtil.getBytes(batch);
        CompressionCodec source = RecordBatch.codec(batch, 0);
        LogValidator.ValidationResult kafka = null;
        String error = "accepted";
        List<Integer> blamed = new ArrayList<>();
        try {
            kafka = askKafka(original, source, rules);
        } catch (RecordValidationException e) {
            error = Errors.forException(e.invalidException()).name();
            e.recordErrors().forEach(record -> blamed.add(record.batchIndex));
        } catch (ApiException e) {
            error = Errors.forException(e).name();
        }
        BatchVerdict verdict = validator.validate(batch, rules, AppendOrigin.CLIENT, 12, NOW);
        if (verdict instanceof Rejected rejected) {
            assertThat(rejected.error().name()).as(what + rejected.message()).isEqualTo(error);
            assertThat(rejected.recordErrors())
                    .as(what)
                    .extracting(RecordError::batchIndex)
                    .isEqualTo(blamed);
            seen.merge(error, 1, Integer::sum);
        } else if (verdict instanceof Accepted accepted) {
            assertThat(error).as(what).isEqualTo("accepted");
            assertSameStored(accepted, kafka, what);
            seen.merge(accepted.isRebuilt() ? "rebuilt" : "in place", 1, Integer::sum);
        }
    }

    private static void assertSameStored(Accepted accepted, LogValidator.ValidationResult kafka, String what) {
        ByteBuf stored = accepted.buffer();
        RecordBatch.setBaseOffset(stored, accepted.position(), BASE_OFFSET);
        RecordBatch.setLeaderEpoch(stored, accepted.position(), LEADER_EPOCH);
        byte[] ours = ByteBufUtil.getBytes(stored, accepted.position(), accepted.sizeBytes());
        assertThat(accepted.maxTimestamp()).as(what).isEqualTo(kafka.maxTimestampMs());
        if (accepted.isRebuilt()) {
            MutableRecordBatch theirs =
                    kafka.validatedRecords().batches().iterator().next();
            MutableRecordBatch batch = onlyBatch(ours);
            batch.ensureValid();
            assertThat(batch.toString().replaceAll("compression.*", ""))
                    .isEqualTo(theirs.toString().replaceAll("compression.*", ""));
            assertThat(batch.compressionType()).isEqualTo(theirs.compressionType());
            assertThat(batch.timestampType()).isEqualTo(theirs.timestampType());
            assertThat(batch.isTransactional()).isEqualTo(theirs.isTransactional());
            assertThat(List.<Record>copyOf(records(batch))).isEqualTo(records(theirs));
            stored.release();
        } else {
            assertThat(ours).as(what).isEqualTo(bytes(kafka.validatedRecords().buffer()));
        }
    }

    private static List<Record> records(MutableRecordBatch batch) {
        List<Record> records = new ArrayList<>();
        batch.forEach(records::add);
        return records;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static MutableRecordBatch onlyBatch(byte[] bytes) {
        return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes))
                .batches()
                .iterator()
                .next();
    }

    private static LogValidator.ValidationResult askKafka(byte[] batch, CompressionCodec source, AppendRules rules) {
        CompressionCodec target = rules.codec() == null ? source : rules.codec();
        LogValidator kafka = new LogValidator(
                MemoryRecords.readableRecords(ByteBuffer.wrap(batch.clone())),
                new org.apache.kafka.common.TopicPartition("letters", 0),
                stoppedAtNow(),
                CompressionType.forName(source.configName()),
                Compression.of(target.configName()).build(),
                rules.keyPolicy() == KeyPolicy.REQUIRED,
                RecordBatch.MAGIC_V2,
                org.apache.kafka.common.record.TimestampType.valueOf(
                        rules.timestampType().name()),
                rules.timestampBeforeMaxMs(),
                rules.timestampAfterMaxMs(),
                LEADER_EPOCH,
                org.apache.kafka.storage.internals.log.AppendOrigin.CLIENT);
        return kafka.validateMessagesAndAssignOffsets(
                PrimitiveRef.ofLong(BASE_OFFSET), ignoringMetrics(), BufferSupplier.NO_CACHING);
    }

    private static Time stoppedAtNow() {
        return (Time) Proxy.newProxyInstance(
                Time.class.getClassLoader(),
                new Class<?>[] {Time.class},
                (proxy, method, args) -> method.getName().equals("milliseconds") ? NOW : 0L);
    }

    private static LogValidator.MetricsRecorder ignoringMetrics() {
        return (LogValidator.MetricsRecorder) Proxy.newProxyInstance(
                LogValidator.class.getClassLoader(),
                new Class<?>[] {LogValidator.MetricsRecorder.class},
                (proxy, method, args) -> null);
    }
}
