package io.ottla.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: what Kafka's clients write is read here, and what is written here they read, for every codec. Method: seeded
 * random records through kafka-clients' own builder and iterator.
 */
class KafkaInteropTest {
    private static final int ROUNDS = 60;

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void readsEveryRecordThatKafkaWrote(CompressionCodec codec) {
        Random random = new Random(1);
        try (RecordCursor cursor = new RecordCursor()) {
            for (int round = 0; round < ROUNDS; round++) {
                List<SimpleRecord> records = RandomRecords.some(random, 60);
                MemoryRecords kafka = RandomRecords.kafkaBatch(RandomRecords.kafkaCodec(codec), records);
                ByteBuf buffer = copyOf(kafka, random.nextBoolean());
                MutableRecordBatch expected = kafka.batches().iterator().next();
                assertHeaderEquals(buffer, expected);
                assertThat(RecordBatch.isCrcValid(buffer, 0)).isTrue();
                cursor.open(buffer, 0);
                for (Record record : expected) {
                    assertThat(cursor.next()).isTrue();
                    assertRecordEquals(cursor, record);
                }
                assertThat(cursor.next()).isFalse();
                buffer.release();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void writesRecordsThatKafkaReads(CompressionCodec codec) {
        Random random = new Random(2);
        for (int round = 0; round < ROUNDS; round++) {
            List<SimpleRecord> records = RandomRecords.some(random, 60);
            ByteBuf buffer = random.nextBoolean() ? Unpooled.buffer() : Unpooled.directBuffer();
            buffer.writeZero(random.nextInt(5));
            int position = buffer.writerIndex();
            RecordBatchBuilder builder = new RecordBatchBuilder(buffer, RandomRecords.BASE_TIMESTAMP)
                    .baseOffset(1_000)
                    .leaderEpoch(3)
                    .codec(codec, codec.defaultLevel())
                    .producer(77L, (short) 4, Integer.MAX_VALUE);
            records.forEach(record -> append(builder, record));
            int sizeBytes = builder.build();

            byte[] bytes = ByteBufUtil.getBytes(buffer, position, sizeBytes);
            MutableRecordBatch batch = onlyBatch(bytes);
            batch.ensureValid();
            assertHeaderEquals(buffer.slice(position, sizeBytes), batch);
            Iterator<SimpleRecord> expected = records.iterator();
            for (Record record : batch) {
                assertThat(new SimpleRecord(record)).isEqualTo(expected.next());
            }
            assertThat(expected.hasNext()).isFalse();
            buffer.release();
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void everyLevelOfACodecIsReadableByKafka(CompressionCodec codec) {
        SimpleRecord record = new SimpleRecord(RandomRecords.BASE_TIMESTAMP, new byte[5], new byte[200_000]);
        for (int level : new int[] {codec.minLevel(), 1, codec.defaultLevel(), 5, codec.maxLevel()}) {
            if (codec.isValidLevel(level)) {
                ByteBuf buffer = Unpooled.buffer();
                RecordBatchBuilder builder =
                        new RecordBatchBuilder(buffer, RandomRecords.BASE_TIMESTAMP).codec(codec, level);
                append(builder, record).build();
                Record read = onlyBatch(ByteBufUtil.getBytes(buffer)).iterator().next();
                assertThat(new SimpleRecord(read)).isEqualTo(record);
            }
        }
    }

    private static RecordBatchBuilder append(RecordBatchBuilder builder, SimpleRecord record) {
        Header[] headers = record.headers();
        RecordBatchBuilder.RecordHeader[] ours = new RecordBatchBuilder.RecordHeader[headers.length];
        for (int i = 0; i < headers.length; i++) {
            ours[i] = RecordBatchBuilder.RecordHeader.of(headers[i].key(), headers[i].value());
        }
        return builder.append(record.timestamp(), wrap(record.key()), wrap(record.value()), ours);
    }

    private static ByteBuf wrap(ByteBuffer bytes) {
        return bytes == null ? null : Unpooled.wrappedBuffer(bytes);
    }

    static MutableRecordBatch onlyBatch(byte[] bytes) {
        Iterator<MutableRecordBatch> batches =
                MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches().iterator();
        MutableRecordBatch batch = batches.next();
        assertThat(batches.hasNext()).isFalse();
        return batch;
    }

    private static ByteBuf copyOf(MemoryRecords records, boolean direct) {
        ByteBuffer bytes = records.buffer().duplicate();
        ByteBuf buffer = direct ? Unpooled.directBuffer(bytes.remaining()) : Unpooled.buffer(bytes.remaining());
        return buffer.writeBytes(bytes);
    }

    private static void assertHeaderEquals(ByteBuf buffer, MutableRecordBatch batch) {
        assertThat(RecordBatch.baseOffset(buffer, 0)).isEqualTo(batch.baseOffset());
        assertThat(RecordBatch.lastOffset(buffer, 0)).isEqualTo(batch.lastOffset());
        assertThat(RecordBatch.nextOffset(buffer, 0)).isEqualTo(batch.nextOffset());
        assertThat(RecordBatch.sizeBytes(buffer, 0)).isEqualTo(batch.sizeInBytes());
        assertThat(RecordBatch.leaderEpoch(buffer, 0)).isEqualTo(batch.partitionLeaderEpoch());
        assertThat(RecordBatch.magic(buffer, 0)).isEqualTo(batch.magic());
        assertThat(RecordBatch.crc(buffer, 0)).isEqualTo(batch.checksum());
        assertThat(RecordBatch.codec(buffer, 0))
                .hasToString(batch.compressionType().toString().toUpperCase());
        assertThat(RecordBatch.isTransactional(buffer, 0)).isEqualTo(batch.isTransactional());
        assertThat(RecordBatch.isControl(buffer, 0)).isEqualTo(batch.isControlBatch());
        assertThat(RecordBatch.maxTimestamp(buffer, 0)).isEqualTo(batch.maxTimestamp());
        assertThat(RecordBatch.producerId(buffer, 0)).isEqualTo(batch.producerId());
        assertThat(RecordBatch.producerEpoch(buffer, 0)).isEqualTo(batch.producerEpoch());
        assertThat(RecordBatch.baseSequence(buffer, 0)).isEqualTo(batch.baseSequence());
        assertThat(RecordBatch.lastSequence(buffer, 0)).isEqualTo(batch.lastSequence());
        assertThat(RecordBatch.recordCount(buffer, 0)).isEqualTo(batch.countOrNull());
    }

    private static void assertRecordEquals(RecordCursor cursor, Record record) {
        assertThat(cursor.offset()).isEqualTo(record.offset());
        assertThat(cursor.timestamp()).isEqualTo(record.timestamp());
        assertThat(cursor.recordSizeBytes()).isEqualTo(record.sizeInBytes());
        assertThat(cursor.key()).isEqualTo(wrap(record.key()));
        assertThat(cursor.value()).isEqualTo(wrap(record.value()));
        assertThat(cursor.headerCount()).isEqualTo(record.headers().length);
        for (Header header : record.headers()) {
            assertThat(cursor.nextHeader()).isTrue();
            assertThat(cursor.buffer()
                            .toString(cursor.headerKeyPosition(), cursor.headerKeyLength(), StandardCharsets.UTF_8))
                    .isEqualTo(header.key());
            assertThat(headerValue(cursor)).isEqualTo(header.value());
        }
        assertThat(cursor.nextHeader()).isFalse();
    }

    private static byte[] headerValue(RecordCursor cursor) {
        return cursor.headerValueLength() < 0
                ? null
                : ByteBufUtil.getBytes(cursor.buffer(), cursor.headerValuePosition(), cursor.headerValueLength());
    }
}
