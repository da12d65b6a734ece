package io.ottla.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.AppendRules.KeyPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

/**
 * Goal: whatever the bytes are, the answer is records or the one documented exception, in bounded time and memory. Method:
 * good batches with bytes changed, cut or claimed; the checksum is not looked at, as if an attacker had made it right.
 */
class RecordCorruptionTest {
    private static final int MAX_UNCOMPRESSED_BYTES = 4 << 20;

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void damagedBytesGiveRecordsOrTheDocumentedException(CompressionCodec codec) {
        Random random = new Random(5);
        int refused = 0;
        try (RecordCursor cursor = new RecordCursor(MAX_UNCOMPRESSED_BYTES)) {
            for (int round = 0; round < 3_000; round++) {
                byte[] bytes = batchBytes(random, codec);
                damage(random, bytes);
                ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
                try {
                    walk(cursor, buffer);
                } catch (CorruptRecordsException e) {
                    assertThat(e.getMessage()).isNotBlank();
                    refused++;
                }
                new BatchValidator(MAX_UNCOMPRESSED_BYTES)
                        .validate(withCrc(buffer), compactedTopic(), AppendOrigin.CLIENT, 12, 0);
            }
        }
        assertThat(refused).isGreaterThan(50);
    }

    private static AppendRules compactedTopic() {
        return new AppendRules(1 << 20, null, 0, TimestampType.CREATE_TIME, 1_000, 1_000, KeyPolicy.REQUIRED);
    }

    private static ByteBuf withCrc(ByteBuf buffer) {
        if (RecordBatch.sizeBytes(buffer, 0) == buffer.readableBytes()) {
            RecordBatch.updateCrc(buffer, 0);
        }
        return buffer;
    }

    private static byte[] batchBytes(Random random, CompressionCodec codec) {
        ByteBuffer bytes = RandomRecords.kafkaBatch(RandomRecords.kafkaCodec(codec), RandomRecords.some(random, 10))
                .buffer();
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    private static void damage(Random random, byte[] bytes) {
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(4) == 0
                    ? RecordBatch.ATTRIBUTES_AT + random.nextInt(RecordBatch.RECORDS_AT - RecordBatch.ATTRIBUTES_AT)
                    : RecordBatch.RECORDS_AT + random.nextInt(bytes.length - RecordBatch.RECORDS_AT);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ (1 << random.nextInt(8)));
        }
    }

    private static void walk(RecordCursor cursor, ByteBuf buffer) {
        cursor.open(buffer, 0);
        while (cursor.next()) {
            assertThat(cursor.recordPosition() + cursor.recordSizeBytes())
                    .isLessThanOrEqualTo(cursor.buffer().capacity());
            while (cursor.nextHeader()) {
                assertThat(cursor.headerKeyPosition() + cursor.headerKeyLength())
                        .isLessThanOrEqualTo(cursor.recordPosition() + cursor.recordSizeBytes());
            }
        }
    }

    @Test
    void everyCutOfAPlainBatchIsRefused() {
        byte[] bytes = batchBytes(new Random(6), CompressionCodec.NONE);
        try (RecordCursor cursor = new RecordCursor()) {
            for (int length = RecordBatch.RECORDS_AT; length < bytes.length; length += 1 + bytes.length / 500) {
                ByteBuf cut = Unpooled.copiedBuffer(bytes, 0, length);
                assertThatThrownBy(() -> cursor.open(cut, 0)).isInstanceOf(CorruptRecordsException.class);
                cut.setInt(RecordBatch.LENGTH_AT, length - RecordBatch.LOG_OVERHEAD);
                assertThatThrownBy(() -> walk(cursor, cut)).isInstanceOf(CorruptRecordsException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = CompressionCodec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void compressedBytesThatEndEarlyAreRefused(CompressionCodec codec) {
        ByteBuf buffer = Unpooled.buffer();
        byte[] noise = new byte[100_000];
        new Random(7).nextBytes(noise);
        new RecordBatchBuilder(buffer, 0)
                .codec(codec, codec.defaultLevel())
                .append(0, null, noise)
                .build();
        try (RecordCursor cursor = new RecordCursor()) {
            for (int length = RecordBatch.RECORDS_AT; length < buffer.readableBytes() - 100; length += 9_973) {
                ByteBuf cut = buffer.copy(0, length);
                cut.setInt(RecordBatch.LENGTH_AT, length - RecordBatch.LOG_OVERHEAD);
                assertThatThrownBy(() -> walk(cursor, cut)).isInstanceOf(CorruptRecordsException.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = CompressionCodec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void bytesAfterTheLastRecordAreRefused(CompressionCodec codec) {
        ByteBuf buffer = Unpooled.buffer();
        new RecordBatchBuilder(buffer, 0)
                .codec(codec, codec.defaultLevel())
                .append(0, null, new byte[10])
                .append(0, null, new byte[10])
                .build();
        buffer.setInt(RecordBatch.RECORD_COUNT_AT, 1);
        try (RecordCursor cursor = new RecordCursor()) {
            assertThatThrownBy(() -> walk(cursor, buffer))
                    .isInstanceOf(CorruptRecordsException.class)
                    .hasMessageContaining("after the last record");
        }
    }

    @Test
    void overlongVarintsAreRefused() {
        for (int varintBytes : new int[] {5, 6, 10, 11}) {
            ByteBuf buffer = Unpooled.buffer();
            new RecordBatchBuilder(buffer, 0).append(0, null, new byte[40]).build();
            for (int i = 0; i < varintBytes; i++) {
                buffer.setByte(RecordBatch.RECORDS_AT + i, 0xff);
            }
            try (RecordCursor cursor = new RecordCursor()) {
                assertThatThrownBy(() -> walk(cursor, buffer)).isInstanceOf(CorruptRecordsException.class);
            }
        }
    }

    @Test
    void aSnappyBlockCannotClaimMoreThanItsBytesCanHold() throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        // The length of the uncompressed block as a varint: one byte short of 2 GB.
        block.write(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07, 0, 0, 0});
        ByteBuf compressed = Unpooled.wrappedBuffer(block.toByteArray());
        assertThatThrownBy(() -> CompressionCodec.SNAPPY.decompress(
                        compressed, 0, compressed.readableBytes(), Unpooled.buffer(), 1 << 20))
                .isInstanceOf(CorruptRecordsException.class)
                .hasMessageContaining("snappy records cannot be uncompressed after 0 bytes");
    }

    @Test
    void aBareSnappyBlockIsRead() throws IOException {
        byte[] text = "as some clients outside of the JVM write".repeat(100).getBytes(StandardCharsets.UTF_8);
        ByteBuf compressed = Unpooled.wrappedBuffer(Snappy.compress(text));
        ByteBuf target = Unpooled.buffer();
        assertThat(CompressionCodec.SNAPPY.decompress(compressed, 0, compressed.readableBytes(), target, 1 << 20))
                .isEqualTo(text.length);
        assertThat(ByteBufUtil.getBytes(target)).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void compressesAndUncompressesRanges(CompressionCodec codec) {
        byte[] noise = new byte[200_000];
        new Random(8).nextBytes(noise);
        ByteBuf source = Unpooled.directBuffer().writeBytes(noise);
        ByteBuf compressed = Unpooled.directBuffer();
        codec.compress(source, 1_000, 150_000, compressed, codec.defaultLevel());
        ByteBuf target = Unpooled.directBuffer();
        assertThat(codec.decompress(compressed, 0, compressed.readableBytes(), target, 150_000))
                .isEqualTo(150_000);
        assertThat(target).isEqualTo(source.slice(1_000, 150_000));
        assertThatThrownBy(() -> codec.decompress(compressed, 0, compressed.readableBytes(), target, 149_999))
                .isInstanceOf(CorruptRecordsException.class);
        source.release();
        compressed.release();
        target.release();
    }
}
