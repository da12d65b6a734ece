package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks the records of one batch without an object per record. Confined to its caller; reusable through {@link #open}.
 * The fields of the record are positions and lengths in {@link #buffer()}, valid till the next {@link #next}. Every length
 * is checked against the bytes that are there before it is used, and the batch must end with its last record.
 *
 * <pre>
 *  record  := length varint, then as many bytes:
 *             attributes int8, timestamp delta varlong, offset delta varint,
 *             key length varint (-1 null), key, value length varint (-1 null), value,
 *             header count varint, headers
 *  header  := key length varint, key in UTF-8, value length varint (-1 null), value
 * </pre>
 *
 * <p>All varints are zigzag encoded. The records of a compressed batch are uncompressed as the cursor goes; such a cursor
 * holds native memory until it is closed, opened anew, or has seen the last record.
 */
public final class RecordCursor implements AutoCloseable {
    /** What a batch may uncompress to, unless told otherwise: far above any batch of a client, far below any heap. */
    public static final int DEFAULT_MAX_UNCOMPRESSED_BYTES = 256 * 1024 * 1024;

    /** Length of a null key or value. */
    public static final int NULL_LENGTH = -1;

    private static final int MAX_VARINT_BYTES = 5;

    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    private final int maxUncompressedBytes;
    private @Nullable ByteBuf batch;
    private @Nullable ByteBuf data;

    /** The bytes of {@link #data} from position {@link #shift} on: several times faster to read one by one. */
    private ByteBuffer bytes = NO_BYTES;

    private int shift;
    private @Nullable RecordWindow window;
    private long baseOffset;
    private long baseTimestamp;
    private long appendTimestamp;
    private boolean stampedByBroker;
    private int lastOffsetDelta;
    private int recordCount;
    private int index;
    private int at;
    private int limit;
    private int nextRecord;
    private int end;

    private int recordPosition;
    private int recordEnd;
    private long timestampDelta;
    private int offsetDelta;
    private int keyPosition;
    private int keyLength;
    private int valuePosition;
    private int valueLength;
    private int headersPosition;
    private int headerCount;
    private int headersSeen;
    private int headerAt;
    private int headerKeyPosition;
    private int headerKeyLength;
    private int headerValuePosition;
    private int headerValueLength;

    public RecordCursor() {
        this(DEFAULT_MAX_UNCOMPRESSED_BYTES);
    }

    /** A cursor that refuses batches which uncompress to more than {@code maxUncompressedBytes}. */
    public RecordCursor(int maxUncompressedBytes) {
        this.maxUncompressedBytes = maxUncompressedBytes;
    }

    /**
     * Places the cursor before the first record of the batch at {@code position}.
     *
     * @throws CorruptRecordsException if the batch leaves the buffer, its header contradicts itself, or its compressed
     *     bytes do not begin as its codec demands
     */
    public RecordCursor open(ByteBuf buffer, int position) {
        close();
        int length = RecordBatch.length(buffer, position);
        if (length < RecordBatch.MIN_LENGTH || length > buffer.capacity() - position - RecordBatch.LOG_OVERHEAD) {
            throw new CorruptRecordsException("batch length " + length + " at position " + position + ", expected "
                    + RecordBatch.MIN_LENGTH + " to " + (buffer.capacity() - position - RecordBatch.LOG_OVERHEAD));
        }
        batch = buffer;
        data = buffer;
        baseOffset = RecordBatch.baseOffset(buffer, position);
        baseTimestamp = RecordBatch.baseTimestamp(buffer, position);
        appendTimestamp = RecordBatch.maxTimestamp(buffer, position);
        stampedByBroker = RecordBatch.isLogAppendTime(buffer, position);
        lastOffsetDelta = RecordBatch.lastOffsetDelta(buffer, position);
        recordCount = RecordBatch.recordCount(buffer, position);
        index = -1;
        nextRecord = position + RecordBatch.RECORDS_AT;
        end = position + RecordBatch.LOG_OVERHEAD + length;
        if (recordCount < 0) {
            throw new CorruptRecordsException("record count " + recordCount + ", expected none or more");
        }
        openCodec(buffer, position);
        if (window == null) {
            shift = nextRecord;
            bytes = buffer.nioBuffer(nextRecord, end - nextRecord);
        }
        return this;
    }

    private void openCodec(ByteBuf buffer, int position) {
        CompressionCodec codec = RecordBatch.codec(buffer, position);
        if (codec == null) {
            throw new CorruptRecordsException("codec id "
                    + (RecordBatch.attributes(buffer, position) & RecordBatch.CODEC_MASK) + ", expected 0 to 4");
        }
        // A batch that compaction emptied has no records to uncompress, whatever its codec.
        if (codec != CompressionCodec.NONE && recordCount > 0) {
            window = RecordWindow.open(codec, buffer, nextRecord, end - nextRecord, maxUncompressedBytes);
        }
    }

    /**
     * Steps to the next record; false after the last one.
     *
     * @throws CorruptRecordsException if the bytes are no record, end too early, or go on after the last record
     */
    public boolean next() {
        if (index + 1 >= recordCount) {
            refuseTrailingBytes();
            close();
            index = recordCount;
            return false;
        }
        index++;
        if (window == null) {
            at = nextRecord;
            limit = end;
        } else {
            loadFromWindow(window);
        }
        readRecord();
        return true;
    }

    private void loadFromWindow(RecordWindow source) {
        if (index > 0) {
            source.advance(recordEnd - recordPosition);
        }
        source.fill(MAX_VARINT_BYTES);
        enterWindow(source);
        int bodyBytes = readVarint("record length");
        int prefixBytes = at - source.position();
        if (bodyBytes < 0 || bodyBytes > maxUncompressedBytes || !source.fill(prefixBytes + bodyBytes)) {
            throw corrupt("record length", bodyBytes, source.availableBytes() - prefixBytes);
        }
        enterWindow(source);
    }

    private void enterWindow(RecordWindow source) {
        data = source.buffer();
        bytes = source.bytes();
        shift = 0;
        at = source.position();
        limit = at + source.availableBytes();
    }

    private void readRecord() {
        recordPosition = at;
        int bodyBytes = readVarint("record length");
        if (bodyBytes < 0 || bodyBytes > limit - at) {
            throw corrupt("record length", bodyBytes, limit - at);
        }
        limit = at + bodyBytes;
        recordEnd = limit;
        nextRecord = limit;
        readByte("record attributes");
        timestampDelta = readVarlong("timestamp delta");
        offsetDelta = readVarint("offset delta");
        if (offsetDelta < 0 || offsetDelta > lastOffsetDelta) {
            throw corrupt("offset delta", offsetDelta, lastOffsetDelta);
        }
        keyLength = readLength("key length", NULL_LENGTH);
        keyPosition = at;
        at += Math.max(keyLength, 0);
        valueLength = readLength("value length", NULL_LENGTH);
        valuePosition = at;
        at += Math.max(valueLength, 0);
        headerCount = readLength("header count", 0);
        headersPosition = at;
        skipHeaders();
        rewindHeaders();
    }

    private void skipHeaders() {
        for (int i = 0; i < headerCount; i++) {
            int keyBytes = readLength("header key length", 0);
            at += keyBytes;
            int valueBytes = readLength("header value length", NULL_LENGTH);
            at += Math.max(valueBytes, 0);
        }
        if (at != recordEnd) {
            throw corrupt("bytes after the last header", recordEnd - at, 0);
        }
    }

    private void refuseTrailingBytes() {
        RecordWindow source = window;
        if (source != null) {
            if (index >= 0) {
                source.advance(recordEnd - recordPosition);
            }
            if (source.fill(1)) {
                throw corrupt("uncompressed bytes after the last record", source.availableBytes(), 0);
            }
        } else if (batch != null && nextRecord != end) {
            throw corrupt("bytes after the last record", end - nextRecord, 0);
        }
    }

    /** A length that may be as small as {@code min} and no larger than what is left of the record. */
    private int readLength(String what, int min) {
        int length = readVarint(what);
        if (length < min || length > limit - at) {
            throw corrupt(what, length, limit - at);
        }
        return length;
    }

    private byte readByte(String what) {
        if (at >= limit) {
            throw corrupt(what + " bytes", 0, 1);
        }
        return bytes.get(at++ - shift);
    }

    private int readVarint(String what) {
        byte first = readByte(what);
        return first >= 0 ? (first >>> 1) ^ -(first & 1) : readLongerVarint(what, first & 0x7f);
    }

    private int readLongerVarint(String what, int lowest) {
        int value = lowest;
        for (int bits = 7; bits < 35; bits += 7) {
            byte b = readByte(what);
            value |= (b & 0x7f) << bits;
            if (b >= 0) {
                if (bits == 28 && b > 0x0f) {
                    break;
                }
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw corrupt(what + " varint is longer than 32 bits, last byte", at, at);
    }

    private long readVarlong(String what) {
        byte first = readByte(what);
        return first >= 0 ? (first >>> 1) ^ -(first & 1) : readLongerVarlong(what, first & 0x7f);
    }

    private long readLongerVarlong(String what, long lowest) {
        long value = lowest;
        for (int bits = 7; bits < 70; bits += 7) {
            byte b = readByte(what);
            value |= (b & 0x7fL) << bits;
            if (b >= 0) {
                if (bits == 63 && b > 1) {
                    break;
                }
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw corrupt(what + " varint is longer than 64 bits, last byte", at, at);
    }

    private CorruptRecordsException corrupt(String what, long actual, long bound) {
        return new CorruptRecordsException("record " + index + " of " + recordCount + " in the batch at base offset "
                + baseOffset + ": " + what + " is " + actual + ", bound is " + bound + ", at position " + at);
    }

    /** The buffer that the positions of the current record refer to: the batch's, or the window of a compressed one. */
    public ByteBuf buffer() {
        if (data == null) {
            throw new IllegalStateException("cursor is not open");
        }
        return data;
    }

    /** Index of the current record in its batch, from zero on. */
    public int index() {
        return index;
    }

    /** Where the current record begins, its length field included. */
    public int recordPosition() {
        return recordPosition;
    }

    /** Bytes of the current record, its length field included. */
    public int recordSizeBytes() {
        return recordEnd - recordPosition;
    }

    public int offsetDelta() {
        return offsetDelta;
    }

    public long offset() {
        return baseOffset + offsetDelta;
    }

    public long timestampDelta() {
        return timestampDelta;
    }

    /** Milliseconds since the epoch: of the record, or of the append if the broker stamped the batch. */
    public long timestamp() {
        return stampedByBroker ? appendTimestamp : baseTimestamp + timestampDelta;
    }

    public boolean hasKey() {
        return keyLength >= 0;
    }

    public int keyPosition() {
        return keyPosition;
    }

    /** Bytes of the key; {@link #NULL_LENGTH} for a null key. */
    public int keyLength() {
        return keyLength;
    }

    public boolean hasValue() {
        return valueLength >= 0;
    }

    public int valuePosition() {
        return valuePosition;
    }

    /** Bytes of the value; {@link #NULL_LENGTH} for a null value. */
    public int valueLength() {
        return valueLength;
    }

    public int headerCount() {
        return headerCount;
    }

    /** Where the headers of the current record begin; they end with the record. */
    public int headersPosition() {
        return headersPosition;
    }

    /** Goes back before the first header of the current record. */
    public void rewindHeaders() {
        headersSeen = 0;
        headerAt = headersPosition;
    }

    /** Steps to the next header of the current record; false after the last one. */
    public boolean nextHeader() {
        if (headersSeen == headerCount) {
            return false;
        }
        at = headerAt;
        headerKeyLength = readVarint("header key length");
        headerKeyPosition = at;
        at += headerKeyLength;
        headerValueLength = readVarint("header value length");
        headerValuePosition = at;
        headerAt = at + Math.max(headerValueLength, 0);
        headersSeen++;
        return true;
    }

    public int headerKeyPosition() {
        return headerKeyPosition;
    }

    public int headerKeyLength() {
        return headerKeyLength;
    }

    public int headerValuePosition() {
        return headerValuePosition;
    }

    /** Bytes of the header's value; {@link #NULL_LENGTH} for a null value. */
    public int headerValueLength() {
        return headerValueLength;
    }

    /** A view of the key that shares the memory of {@link #buffer()}; null for a null key. */
    public @Nullable ByteBuf key() {
        return keyLength < 0 ? null : buffer().slice(keyPosition, keyLength);
    }

    /** A view of the value that shares the memory of {@link #buffer()}; null for a null value. */
    public @Nullable ByteBuf value() {
        return valueLength < 0 ? null : buffer().slice(valuePosition, valueLength);
    }

    /** Gives back what an open compressed batch holds; the cursor can be opened again. */
    @Override
    public void close() {
        RecordWindow source = window;
        batch = null;
        data = null;
        bytes = NO_BYTES;
        limit = 0;
        window = null;
        if (source != null) {
            source.close();
        }
    }
}
