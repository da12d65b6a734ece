package io.ottla.storage.producer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.record.EndTransactionMarker;
import io.ottla.protocol.record.RecordBatchBuilder;

/** Batches of one producer as a test wants them. */
final class Batches {
    static final long TIMESTAMP = 1_700_000_000_000L;

    private Batches() {}

    static ByteBuf data(long baseOffset, long producerId, int epoch, int baseSequence, int count) {
        ByteBuf buffer = Unpooled.buffer();
        RecordBatchBuilder builder = builder(buffer, baseOffset, producerId, epoch, baseSequence);
        appendRecords(builder, baseOffset, count).build();
        return buffer;
    }

    static ByteBuf transactional(long baseOffset, long producerId, int epoch, int baseSequence, int count) {
        ByteBuf buffer = Unpooled.buffer();
        RecordBatchBuilder builder =
                builder(buffer, baseOffset, producerId, epoch, baseSequence).transactional();
        appendRecords(builder, baseOffset, count).build();
        return buffer;
    }

    static ByteBuf marker(long offset, long producerId, int epoch, EndTransactionMarker marker) {
        ByteBuf buffer = Unpooled.buffer();
        RecordBatchBuilder builder =
                builder(buffer, offset, producerId, epoch, -1).transactional().control();
        marker.appendTo(builder, TIMESTAMP + offset).build();
        return buffer;
    }

    private static RecordBatchBuilder builder(
            ByteBuf buffer, long baseOffset, long producerId, int epoch, int baseSequence) {
        return new RecordBatchBuilder(buffer, TIMESTAMP)
                .baseOffset(baseOffset)
                .producer(producerId, (short) epoch, baseSequence);
    }

    private static RecordBatchBuilder appendRecords(RecordBatchBuilder builder, long baseOffset, int count) {
        for (int i = 0; i < count; i++) {
            builder.append(TIMESTAMP + baseOffset + i, new byte[] {1}, new byte[] {2});
        }
        return builder;
    }
}
