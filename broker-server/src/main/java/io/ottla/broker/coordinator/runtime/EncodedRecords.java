package io.ottla.broker.coordinator.runtime;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.record.RecordBatchBuilder;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of one command's records. Confined to the shard's loop; owns its buffer until {@link #release}. */
final class EncodedRecords {
    /** More than the varints around one record's key and value take. */
    private static final int RECORD_OVERHEAD_BYTES = 32;

    private static final int EXPECTED_RECORD_BYTES = 128;
    private static final int TOMBSTONE = -1;

    private final ByteBuf bytes;
    /** For each record the size of its key and of its value. */
    private final int[] sizes;

    private EncodedRecords(ByteBuf bytes, int[] sizes) {
        this.bytes = bytes;
        this.sizes = sizes;
    }

    /**
     * Encodes records.
     *
     * @throws RuntimeException if one of them holds what its format cannot express
     */
    static EncodedRecords encode(List<CoordinatorRecord> records, RecordFormat format, ByteBufAllocator allocator) {
        MessageWriter out = MessageWriter.message(allocator, records.size() * EXPECTED_RECORD_BYTES);
        boolean finished = false;
        try {
            int[] sizes = new int[2 * records.size()];
            long start = 0;
            for (int i = 0; i < records.size(); i++) {
                CoordinatorRecord record = records.get(i);
                format.writeKey(record, out);
                long keyEnd = out.writtenBytes();
                sizes[2 * i] = (int) (keyEnd - start);
                ApiMessage value = record.value();
                if (value == null) {
                    sizes[2 * i + 1] = TOMBSTONE;
                    start = keyEnd;
                } else {
                    format.writeValue(record, value, out);
                    start = out.writtenBytes();
                    sizes[2 * i + 1] = (int) (start - keyEnd);
                }
            }
            ByteBuf bytes = out.finish().singleBuffer();
            finished = true;
            return new EncodedRecords(bytes, sizes);
        } finally {
            if (!finished) {
                out.release();
            }
        }
    }

    /** At most what the records take in a batch without compression. */
    int maxSizeBytes() {
        return bytes.readableBytes() + sizes.length / 2 * RECORD_OVERHEAD_BYTES;
    }

    void appendTo(RecordBatchBuilder builder, long timestampMs) {
        ByteBuf key = bytes.duplicate();
        ByteBuf value = bytes.duplicate();
        int position = bytes.readerIndex();
        for (int i = 0; i < sizes.length; i += 2) {
            key.setIndex(position, position + sizes[i]);
            position += sizes[i];
            builder.append(timestampMs, key, valueAt(value, position, sizes[i + 1]));
            position += Math.max(sizes[i + 1], 0);
        }
    }

    private static @Nullable ByteBuf valueAt(ByteBuf value, int position, int size) {
        return size == TOMBSTONE ? null : value.setIndex(position, position + size);
    }

    void release() {
        bytes.release();
    }
}
