package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Accessors of a record batch of magic 2 that starts at an absolute position of a buffer. All integers are big-endian.
 *
 * <pre>
 *  position  bytes  field
 *         0      8  base offset              assigned by the leader
 *         8      4  batch length             bytes after this field
 *        12      4  partition leader epoch   assigned by the leader
 *        16      1  magic                    2
 *        17      4  CRC32C                   of everything from position 21 to the end of the batch
 *        21      2  attributes               bit 0-2 codec, 3 timestamp type, 4 transactional, 5 control, 6 delete horizon
 *        23      4  last offset delta        kept by compaction even if the last record is gone
 *        27      8  base timestamp           the delete horizon instead, if bit 6 is set
 *        35      8  max timestamp            the append time, if bit 3 is set
 *        43      8  producer id              -1 none
 *        51      2  producer epoch           -1 none
 *        53      4  base sequence            -1 none
 *        57      4  record count
 *        61      -  records                  compressed as a whole by the codec
 * </pre>
 *
 * <p>The base offset and the leader epoch lie before the checksummed range, so a leader assigns them for free. No method
 * allocates, except {@link #computeCrc} of a direct buffer, which makes one NIO view: the cached view of Netty is not used
 * because slices of one frame may be checked on several loops at once.
 *
 * <p>A caller makes sure that the whole header (for the checksum: the whole batch) lies inside of the buffer;
 * {@link BatchCursor} does.
 */
public final class RecordBatch {
    public static final int BASE_OFFSET_AT = 0;
    public static final int LENGTH_AT = 8;
    public static final int LEADER_EPOCH_AT = 12;
    public static final int MAGIC_AT = 16;
    public static final int CRC_AT = 17;
    public static final int ATTRIBUTES_AT = 21;
    public static final int LAST_OFFSET_DELTA_AT = 23;
    public static final int BASE_TIMESTAMP_AT = 27;
    public static final int MAX_TIMESTAMP_AT = 35;
    public static final int PRODUCER_ID_AT = 43;
    public static final int PRODUCER_EPOCH_AT = 51;
    public static final int BASE_SEQUENCE_AT = 53;
    public static final int RECORD_COUNT_AT = 57;
    /** Where the records begin: the size of the header in bytes. */
    public static final int RECORDS_AT = 61;

    /** Bytes before the range that the length field counts: base offset and the length itself. */
    public static final int LOG_OVERHEAD = 12;
    /** The smallest value the length field can have: a header without records. */
    public static final int MIN_LENGTH = RECORDS_AT - LOG_OVERHEAD;
    /** Bytes that suffice to know the size and the magic of a batch. */
    public static final int PEEK_BYTES = MAGIC_AT + 1;

    /** The only magic that is stored and served. */
    public static final byte MAGIC_V2 = 2;

    public static final int CODEC_MASK = 0x07;
    public static final int TIMESTAMP_TYPE_MASK = 0x08;
    public static final int TRANSACTIONAL_MASK = 0x10;
    public static final int CONTROL_MASK = 0x20;
    public static final int DELETE_HORIZON_MASK = 0x40;

    public static final long NO_TIMESTAMP = -1L;
    public static final long NO_PRODUCER_ID = -1L;
    public static final short NO_PRODUCER_EPOCH = -1;
    public static final int NO_SEQUENCE = -1;
    public static final int NO_LEADER_EPOCH = -1;

    private RecordBatch() {}

    public static long baseOffset(ByteBuf buffer, int position) {
        return buffer.getLong(position + BASE_OFFSET_AT);
    }

    /** Offset of the last record, inclusive. */
    public static long lastOffset(ByteBuf buffer, int position) {
        return baseOffset(buffer, position) + lastOffsetDelta(buffer, position);
    }

    /** The offset after the last record of the batch. */
    public static long nextOffset(ByteBuf buffer, int position) {
        return lastOffset(buffer, position) + 1;
    }

    /** The length field: bytes that follow it. */
    public static int length(ByteBuf buffer, int position) {
        return buffer.getInt(position + LENGTH_AT);
    }

    /** Bytes of the whole batch, header included. Overflows for a corrupt length near the largest integer. */
    public static int sizeBytes(ByteBuf buffer, int position) {
        return LOG_OVERHEAD + length(buffer, position);
    }

    public static int leaderEpoch(ByteBuf buffer, int position) {
        return buffer.getInt(position + LEADER_EPOCH_AT);
    }

    public static byte magic(ByteBuf buffer, int position) {
        return buffer.getByte(position + MAGIC_AT);
    }

    /** The stored checksum as an unsigned number. */
    public static long crc(ByteBuf buffer, int position) {
        return buffer.getUnsignedInt(position + CRC_AT);
    }

    public static short attributes(ByteBuf buffer, int position) {
        return buffer.getShort(position + ATTRIBUTES_AT);
    }

    public static int lastOffsetDelta(ByteBuf buffer, int position) {
        return buffer.getInt(position + LAST_OFFSET_DELTA_AT);
    }

    public static long baseTimestamp(ByteBuf buffer, int position) {
        return buffer.getLong(position + BASE_TIMESTAMP_AT);
    }

    public static long maxTimestamp(ByteBuf buffer, int position) {
        return buffer.getLong(position + MAX_TIMESTAMP_AT);
    }

    public static long producerId(ByteBuf buffer, int position) {
        return buffer.getLong(position + PRODUCER_ID_AT);
    }

    public static boolean hasProducerId(ByteBuf buffer, int position) {
        return producerId(buffer, position) != NO_PRODUCER_ID;
    }

    public static short producerEpoch(ByteBuf buffer, int position) {
        return buffer.getShort(position + PRODUCER_EPOCH_AT);
    }

    public static int baseSequence(ByteBuf buffer, int position) {
        return buffer.getInt(position + BASE_SEQUENCE_AT);
    }

    /** Sequence of the last record, wrapped after the largest integer; {@link #NO_SEQUENCE} if there is none. */
    public static int lastSequence(ByteBuf buffer, int position) {
        int base = baseSequence(buffer, position);
        return base == NO_SEQUENCE ? NO_SEQUENCE : plusSequence(base, lastOffsetDelta(buffer, position));
    }

    /** A sequence number {@code increment} (not negative) further; zero follows the largest integer. */
    public static int plusSequence(int sequence, int increment) {
        return (sequence + increment) & Integer.MAX_VALUE;
    }

    public static int recordCount(ByteBuf buffer, int position) {
        return buffer.getInt(position + RECORD_COUNT_AT);
    }

    /** The codec of the records; null for an id that no codec has. */
    public static @Nullable CompressionCodec codec(ByteBuf buffer, int position) {
        return CompressionCodec.forId(attributes(buffer, position) & CODEC_MASK);
    }

    /** Whether the timestamp of every record is the time of the append, kept in the max timestamp. */
    public static boolean isLogAppendTime(ByteBuf buffer, int position) {
        return (attributes(buffer, position) & TIMESTAMP_TYPE_MASK) != 0;
    }

    public static boolean isTransactional(ByteBuf buffer, int position) {
        return (attributes(buffer, position) & TRANSACTIONAL_MASK) != 0;
    }

    public static boolean isControl(ByteBuf buffer, int position) {
        return (attributes(buffer, position) & CONTROL_MASK) != 0;
    }

    public static boolean hasDeleteHorizon(ByteBuf buffer, int position) {
        return (attributes(buffer, position) & DELETE_HORIZON_MASK) != 0;
    }

    public static void setBaseOffset(ByteBuf buffer, int position, long baseOffset) {
        buffer.setLong(position + BASE_OFFSET_AT, baseOffset);
    }

    public static void setLeaderEpoch(ByteBuf buffer, int position, int leaderEpoch) {
        buffer.setInt(position + LEADER_EPOCH_AT, leaderEpoch);
    }

    /** Marks the batch as stamped by the broker at {@code appendTimeMs} and renews the checksum. */
    public static void setLogAppendTime(ByteBuf buffer, int position, long appendTimeMs) {
        int attributes = attributes(buffer, position) | TIMESTAMP_TYPE_MASK;
        buffer.setShort(position + ATTRIBUTES_AT, attributes);
        buffer.setLong(position + MAX_TIMESTAMP_AT, appendTimeMs);
        updateCrc(buffer, position);
    }

    /** Corrects the max timestamp and renews the checksum. */
    public static void setMaxTimestamp(ByteBuf buffer, int position, long maxTimestampMs) {
        buffer.setLong(position + MAX_TIMESTAMP_AT, maxTimestampMs);
        updateCrc(buffer, position);
    }

    /** Stores the checksum of the batch as it is now. */
    public static void updateCrc(ByteBuf buffer, int position) {
        buffer.setInt(position + CRC_AT, (int) computeCrc(buffer, position));
    }

    public static boolean isCrcValid(ByteBuf buffer, int position) {
        return crc(buffer, position) == computeCrc(buffer, position);
    }

    /** CRC32C from the attributes to the end of the batch, without a copy of the bytes. */
    public static long computeCrc(ByteBuf buffer, int position) {
        return crc32c(buffer, position + ATTRIBUTES_AT, sizeBytes(buffer, position) - ATTRIBUTES_AT);
    }

    private static long crc32c(ByteBuf buffer, int index, int length) {
        CRC32C crc = new CRC32C();
        if (buffer.hasArray()) {
            crc.update(buffer.array(), buffer.arrayOffset() + index, length);
        } else if (buffer.nioBufferCount() == 1) {
            crc.update(buffer.nioBuffer(index, length));
        } else {
            for (ByteBuffer part : buffer.nioBuffers(index, length)) {
                crc.update(part);
            }
        }
        return crc.getValue();
    }
}
