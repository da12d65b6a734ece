package io.ottla.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.BatchCursor.Step;
import org.junit.jupiter.api.Test;

/** Goal: batches are found, and anything else is told apart without reading beyond the range. Method: buffers by hand. */
class BatchCursorTest {
    private static ByteBuf threeBatches() {
        ByteBuf buffer = Unpooled.buffer();
        for (int i = 0; i < 3; i++) {
            new RecordBatchBuilder(buffer, 5)
                    .baseOffset(i * 10L)
                    .append(5, null, new byte[20 * i])
                    .build();
        }
        return buffer;
    }

    @Test
    void findsEveryBatchOfARange() {
        ByteBuf buffer = Unpooled.buffer().writeZero(3).writeBytes(threeBatches());
        BatchCursor cursor = new BatchCursor(buffer, 3, buffer.readableBytes() - 3);
        for (int i = 0; i < 3; i++) {
            assertThat(cursor.next()).isEqualTo(Step.BATCH);
            assertThat(RecordBatch.baseOffset(buffer, cursor.position())).isEqualTo(i * 10L);
        }
        assertThat(cursor.next()).isEqualTo(Step.END);
        assertThat(cursor.next()).isEqualTo(Step.END);
        assertThat(cursor.fault()).isEqualTo("none");
    }

    @Test
    void everyCutEndsTruncatedAtTheLastBatch() {
        ByteBuf buffer = threeBatches();
        int first = RecordBatch.sizeBytes(buffer, 0);
        for (int length = first + 1; length < first + RecordBatch.sizeBytes(buffer, first); length++) {
            BatchCursor cursor = new BatchCursor(buffer, 0, length);
            assertThat(cursor.next()).isEqualTo(Step.BATCH);
            assertThat(cursor.next()).isEqualTo(Step.TRUNCATED);
            assertThat(cursor.position()).isEqualTo(first);
            assertThat(cursor.fault()).contains("position " + first);
            assertThat(cursor.next()).isEqualTo(Step.TRUNCATED);
        }
    }

    @Test
    void tellsOldMagicFromGarbage() {
        for (int magic = -3; magic < 6; magic++) {
            ByteBuf buffer = threeBatches().setByte(RecordBatch.MAGIC_AT, magic);
            BatchCursor cursor = new BatchCursor(buffer, 0, buffer.readableBytes());
            Step expected = magic == 2 ? Step.BATCH : magic == 0 || magic == 1 ? Step.OLD_MAGIC : Step.CORRUPT;
            assertThat(cursor.next()).isEqualTo(expected);
        }
    }

    @Test
    void impossibleLengthsAreCorruptAndLargeOnesTruncated() {
        int[] lengths = {Integer.MIN_VALUE, -1, 0, RecordBatch.MIN_LENGTH - 1, 1_000_000, Integer.MAX_VALUE};
        for (int length : lengths) {
            ByteBuf buffer = threeBatches().setInt(RecordBatch.LENGTH_AT, length);
            BatchCursor cursor = new BatchCursor(buffer, 0, buffer.readableBytes());
            assertThat(cursor.next()).isEqualTo(length < RecordBatch.MIN_LENGTH ? Step.CORRUPT : Step.TRUNCATED);
            assertThat(cursor.fault()).isNotEqualTo("none");
        }
    }

    @Test
    void theChecksumIsTheSameOverHeapDirectAndCompositeBuffers() {
        ByteBuf heap = threeBatches();
        ByteBuf direct = Unpooled.directBuffer().writeBytes(heap, 0, heap.writerIndex());
        CompositeByteBuf composite = Unpooled.compositeBuffer()
                .addComponents(true, heap.copy(0, 50), heap.copy(50, 30), heap.copy(80, heap.writerIndex() - 80));
        for (ByteBuf buffer : new ByteBuf[] {heap, direct, composite, heap.slice(), direct.slice()}) {
            assertThat(RecordBatch.isCrcValid(buffer, 0)).isTrue();
            buffer.setByte(RecordBatch.RECORDS_AT, ~buffer.getByte(RecordBatch.RECORDS_AT));
            assertThat(RecordBatch.isCrcValid(buffer, 0)).isFalse();
            RecordBatch.updateCrc(buffer, 0);
            assertThat(RecordBatch.isCrcValid(buffer, 0)).isTrue();
        }
        direct.release();
        composite.release();
    }

    @Test
    void offsetsAndLeaderEpochsAreAssignedWithoutTheChecksum() {
        ByteBuf buffer = threeBatches();
        RecordBatch.setBaseOffset(buffer, 0, 1L << 40);
        RecordBatch.setLeaderEpoch(buffer, 0, 17);
        assertThat(RecordBatch.isCrcValid(buffer, 0)).isTrue();
        assertThat(RecordBatch.lastOffset(buffer, 0)).isEqualTo(1L << 40);
        assertThat(RecordBatch.leaderEpoch(buffer, 0)).isEqualTo(17);
    }
}
