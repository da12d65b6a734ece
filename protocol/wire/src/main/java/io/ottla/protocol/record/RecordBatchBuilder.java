package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Builds one batch of magic 2 at the end of a buffer. Confined to its caller. Settings come first, then the records in
 * order, then {@link #build}; the builder cannot be used again.
 *
 * <pre>{@code
 * int sizeBytes = new RecordBatchBuilder(target, baseTimestampMs)
 *         .baseOffset(7)
 *         .codec(CompressionCodec.LZ4, CompressionCodec.LZ4.defaultLevel())
 *         .append(timestampMs, key, value)
 *         .build();
 * }</pre>
 */
public final class RecordBatchBuilder {
    private static final RecordHeader[] NO_HEADERS = {};

    private final ByteBuf target;
    private final int position;
    private final long baseTimestamp;
    private ByteBuf records;
    private CompressionCodec codec = CompressionCodec.NONE;
    private int codecLevel;
    private int attributes;
    private long baseOffset;
    private int leaderEpoch = RecordBatch.NO_LEADER_EPOCH;
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;
    private int lastOffsetDelta = -1;
    private int recordCount;
    private boolean built;

    /** One header of a record; its value is the readable bytes of a buffer, or null. */
    public record RecordHeader(String key, @Nullable ByteBuf value) {
        public static RecordHeader of(String key, byte @Nullable [] value) {
            return new RecordHeader(key, wrap(value));
        }
    }

    /**
     * @param target the batch is appended from its writer index on
     * @param baseTimestamp milliseconds that the timestamps of the records are stored relative to: the first record's
     */
    public RecordBatchBuilder(ByteBuf target, long baseTimestamp) {
        this.target = target;
        this.position = target.writerIndex();
        this.baseTimestamp = baseTimestamp;
        this.records = target;
        target.writeZero(RecordBatch.RECORDS_AT);
    }

    /**
     * Begins a batch that is like the one at {@code position} of {@code source}, codec included, but without its records, and
     * with a delete horizon (KIP-534): milliseconds since the epoch, kept in the place of the base timestamp.
     */
    public static RecordBatchBuilder like(ByteBuf source, int position, ByteBuf target, long deleteHorizonMs) {
        RecordBatchBuilder builder = new RecordBatchBuilder(target, deleteHorizonMs);
        CompressionCodec codec = RecordBatch.codec(source, position);
        if (codec != null) {
            builder.codec(codec, codec.defaultLevel());
        }
        builder.attributes =
                (RecordBatch.attributes(source, position) & ~RecordBatch.CODEC_MASK) | RecordBatch.DELETE_HORIZON_MASK;
        if (RecordBatch.isLogAppendTime(source, position)) {
            builder.maxTimestamp = RecordBatch.maxTimestamp(source, position);
        }
        return builder.baseOffset(RecordBatch.baseOffset(source, position))
                .leaderEpoch(RecordBatch.leaderEpoch(source, position))
                .producer(
                        RecordBatch.producerId(source, position),
                        RecordBatch.producerEpoch(source, position),
                        RecordBatch.baseSequence(source, position));
    }

    public RecordBatchBuilder baseOffset(long baseOffset) {
        this.baseOffset = baseOffset;
        return this;
    }

    public RecordBatchBuilder leaderEpoch(int leaderEpoch) {
        this.leaderEpoch = leaderEpoch;
        return this;
    }

    /** Compresses the records with {@code codec} at one of its valid levels. */
    public RecordBatchBuilder codec(CompressionCodec codec, int level) {
        requireNoRecords();
        this.codec = codec;
        this.codecLevel = level;
        this.records = codec == CompressionCodec.NONE ? target : Unpooled.buffer();
        return this;
    }

    /** The idempotent producer that the batch belongs to. */
    public RecordBatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
        return this;
    }

    public RecordBatchBuilder transactional() {
        attributes |= RecordBatch.TRANSACTIONAL_MASK;
        return this;
    }

    /** Marks the batch as one of control records, which brokers write and consumers never hand out. */
    public RecordBatchBuilder control() {
        attributes |= RecordBatch.CONTROL_MASK;
        return this;
    }

    /** Stamps all records with the time of the append. */
    public RecordBatchBuilder logAppendTime(long appendTimeMs) {
        attributes |= RecordBatch.TIMESTAMP_TYPE_MASK;
        maxTimestamp = appendTimeMs;
        return this;
    }

    /** Appends a record at the next offset; null key and value are kept apart from empty ones. */
    public RecordBatchBuilder append(long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
        return append(timestamp, wrap(key), wrap(value), NO_HEADERS);
    }

    /** Appends a record with headers at the next offset. */
    public RecordBatchBuilder append(
            long timestamp, byte @Nullable [] key, byte @Nullable [] value, RecordHeader... headers) {
        return append(timestamp, wrap(key), wrap(value), headers);
    }

    /** Appends a record at the next offset from the readable bytes of its parts, whose reader indices stay. */
    public RecordBatchBuilder append(
            long timestamp, @Nullable ByteBuf key, @Nullable ByteBuf value, RecordHeader... headers) {
        int offsetDelta = lastOffsetDelta + 1;
        long timestampDelta = timestamp - baseTimestamp;
        int bodyBytes = 1
                + Varint.sizeBytes(timestampDelta)
                + Varint.sizeBytes(offsetDelta)
                + sizeBytes(key)
                + sizeBytes(value)
                + headersSizeBytes(headers);
        Varint.write(records, bodyBytes);
        records.writeByte(0);
        Varint.write(records, timestampDelta);
        Varint.write(records, offsetDelta);
        write(key);
        write(value);
        Varint.write(records, headers.length);
        for (RecordHeader header : headers) {
            byte[] name = header.key().getBytes(StandardCharsets.UTF_8);
            Varint.write(records, name.length);
            records.writeBytes(name);
            write(header.value());
        }
        onAppended(timestamp, offsetDelta);
        return this;
    }

    /** Appends the current record of {@code cursor} at the next offset, with its timestamp, key, value and headers. */
    public RecordBatchBuilder append(RecordCursor cursor) {
        int offsetDelta = lastOffsetDelta + 1;
        long timestampDelta = cursor.timestamp() - baseTimestamp;
        ByteBuf source = cursor.buffer();
        int headerBytes = cursor.recordPosition() + cursor.recordSizeBytes() - cursor.headersPosition();
        int bodyBytes = 1
                + Varint.sizeBytes(timestampDelta)
                + Varint.sizeBytes(offsetDelta)
                + Varint.sizeBytes(cursor.keyLength())
                + Math.max(cursor.keyLength(), 0)
                + Varint.sizeBytes(cursor.valueLength())
                + Math.max(cursor.valueLength(), 0)
                + Varint.sizeBytes(cursor.headerCount())
                + headerBytes;
        Varint.write(records, bodyBytes);
        records.writeByte(0);
        Varint.write(records, timestampDelta);
        Varint.write(records, offsetDelta);
        Varint.write(records, cursor.keyLength());
        records.writeBytes(source, cursor.keyPosition(), Math.max(cursor.keyLength(), 0));
        Varint.write(records, cursor.valueLength());
        records.writeBytes(source, cursor.valuePosition(), Math.max(cursor.valueLength(), 0));
        Varint.write(records, cursor.headerCount());
        records.writeBytes(source, cursor.headersPosition(), headerBytes);
        onAppended(cursor.timestamp(), offsetDelta);
        return this;
    }

    /** Leaves a hole of {@code count} offsets, as compaction does. */
    public RecordBatchBuilder skipOffsets(int count) {
        lastOffsetDelta += count;
        return this;
    }

    private void onAppended(long timestamp, int offsetDelta) {
        if (built) {
            throw new IllegalStateException("the batch is built");
        }
        lastOffsetDelta = offsetDelta;
        recordCount++;
        if ((attributes & RecordBatch.TIMESTAMP_TYPE_MASK) == 0) {
            maxTimestamp = Math.max(maxTimestamp, timestamp);
        }
    }

    public int recordCount() {
        return recordCount;
    }

    /**
     * Compresses the records, writes the header with its checksum, and leaves the writer index behind the batch.
     *
     * @return bytes of the batch
     */
    public int build() {
        built = true;
        if (codec != CompressionCodec.NONE) {
            codec.compress(records, 0, records.readableBytes(), target, codecLevel);
            release();
        }
        int sizeBytes = target.writerIndex() - position;
        target.setLong(position + RecordBatch.BASE_OFFSET_AT, baseOffset);
        target.setInt(position + RecordBatch.LENGTH_AT, sizeBytes - RecordBatch.LOG_OVERHEAD);
        target.setInt(position + RecordBatch.LEADER_EPOCH_AT, leaderEpoch);
        target.setByte(position + RecordBatch.MAGIC_AT, RecordBatch.MAGIC_V2);
        target.setShort(position + RecordBatch.ATTRIBUTES_AT, attributes | codec.id());
        target.setInt(position + RecordBatch.LAST_OFFSET_DELTA_AT, lastOffsetDelta);
        target.setLong(position + RecordBatch.BASE_TIMESTAMP_AT, baseTimestamp);
        target.setLong(position + RecordBatch.MAX_TIMESTAMP_AT, maxTimestamp);
        target.setLong(position + RecordBatch.PRODUCER_ID_AT, producerId);
        target.setShort(position + RecordBatch.PRODUCER_EPOCH_AT, producerEpoch);
        target.setInt(position + RecordBatch.BASE_SEQUENCE_AT, baseSequence);
        target.setInt(position + RecordBatch.RECORD_COUNT_AT, recordCount);
        RecordBatch.updateCrc(target, position);
        return sizeBytes;
    }

    /** Gives back the records of a batch that will not be built; its target is the caller's. */
    void release() {
        if (codec != CompressionCodec.NONE && records.refCnt() > 0) {
            records.release();
        }
    }

    private void requireNoRecords() {
        if (recordCount > 0) {
            throw new IllegalStateException("the codec is set before the first record, " + recordCount + " are there");
        }
    }

    private static int sizeBytes(@Nullable ByteBuf bytes) {
        return bytes == null
                ? Varint.sizeBytes(RecordCursor.NULL_LENGTH)
                : Varint.sizeBytes(bytes.readableBytes()) + bytes.readableBytes();
    }

    private static int headersSizeBytes(RecordHeader[] headers) {
        int size = Varint.sizeBytes(headers.length);
        for (RecordHeader header : headers) {
            int nameBytes = header.key().getBytes(StandardCharsets.UTF_8).length;
            size += Varint.sizeBytes(nameBytes) + nameBytes + sizeBytes(header.value());
        }
        return size;
    }

    private void write(@Nullable ByteBuf bytes) {
        if (bytes == null) {
            Varint.write(records, RecordCursor.NULL_LENGTH);
        } else {
            Varint.write(records, bytes.readableBytes());
            records.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        }
    }

    private static @Nullable ByteBuf wrap(byte @Nullable [] bytes) {
        return bytes == null ? null : Unpooled.wrappedBuffer(bytes);
    }
}
