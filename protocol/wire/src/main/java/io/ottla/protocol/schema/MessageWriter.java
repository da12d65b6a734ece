package io.ottla.protocol.schema;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the encodings of the protocol into a growing buffer. Confined to its caller.
 *
 * <p>Records may be cut out of that buffer and passed on by reference; the buffer then becomes several parts around them.
 * The writer owns its buffer and the parts until {@link #finish} or {@link #finishFrame} hands them to the caller, or
 * {@link #release} drops them: exactly one of the three is to be called, also after an exception.
 *
 * <p>{@code flexible} selects the compact encodings of KIP-482.
 *
 * <p>Values are put through a {@link ByteBuffer} view of the buffer's whole capacity: the compiler turns such a put into
 * a bounds check and a store, while a write through {@link ByteBuf} checks reference count and capacity each time, which
 * took most of the time of a response with many small fields.
 */
public final class MessageWriter {
    /** Buffers up to this size are copied: one more part of a gathering write costs more than that. */
    static final int COPY_UP_TO_BYTES = 1024;

    private static final int FRAME_LENGTH_BYTES = 4;
    /** To grow a pooled buffer costs about as much as to write a hundred fields: small buffers do it in big steps. */
    private static final int GROW_FAST_UP_TO_BYTES = 64 * 1024;

    private final ByteBuf buffer;
    /** The memory of {@link #buffer}, from index 0 to its capacity; replaced when that grows. */
    private ByteBuffer memory;

    private int capacity;
    /** Where the next byte goes. The buffer's own writer index is set at the end only. */
    private int index;
    /** Foreign parts and, before each, the index in {@link #buffer} at which it belongs. */
    private @Nullable List<Cut> cuts;

    private long foreignBytes;

    private record Cut(int index, Object part) {}

    private MessageWriter(ByteBuf buffer) {
        this.buffer = buffer;
        this.capacity = buffer.capacity();
        this.memory = buffer.nioBuffer(0, capacity);
    }

    /** A writer of a bare message, to be ended by {@link #finish}. */
    public static MessageWriter message(ByteBufAllocator allocator, int expectedBytes) {
        return new MessageWriter(allocator.buffer(expectedBytes));
    }

    /** A writer of a message behind the length prefix of the wire, to be ended by {@link #finishFrame}. */
    public static MessageWriter frame(ByteBufAllocator allocator, int expectedBytes) {
        MessageWriter writer = new MessageWriter(allocator.buffer(FRAME_LENGTH_BYTES + expectedBytes));
        writer.index = FRAME_LENGTH_BYTES;
        return writer;
    }

    public void writeBool(boolean value) {
        int at = advance(1);
        memory.put(at, (byte) (value ? 1 : 0));
    }

    public void writeInt8(byte value) {
        int at = advance(1);
        memory.put(at, value);
    }

    public void writeInt16(short value) {
        int at = advance(2);
        memory.putShort(at, value);
    }

    public void writeUint16(int value) {
        if ((value & ~0xFFFF) != 0) {
            throw new IllegalArgumentException("uint16 is " + value + ", expected 0 to 65535");
        }
        writeInt16((short) value);
    }

    public void writeInt32(int value) {
        int at = advance(4);
        memory.putInt(at, value);
    }

    public void writeUint32(long value) {
        if ((value & ~0xFFFF_FFFFL) != 0) {
            throw new IllegalArgumentException("uint32 is " + value + ", expected 0 to 4294967295");
        }
        writeInt32((int) value);
    }

    public void writeInt64(long value) {
        int at = advance(8);
        memory.putLong(at, value);
    }

    public void writeFloat64(double value) {
        int at = advance(8);
        memory.putDouble(at, value);
    }

    public void writeUuid(UUID value) {
        int at = advance(16);
        memory.putLong(at, value.getMostSignificantBits());
        memory.putLong(at + 8, value.getLeastSignificantBits());
    }

    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            writeInt8((byte) (rest | 0x80));
            rest >>>= 7;
        }
        writeInt8((byte) rest);
    }

    public void writeString(String value, boolean flexible) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int length = utf8.length;
        if (length > MessageReader.MAX_STRING_BYTES) {
            throw new IllegalArgumentException(
                    "string has " + length + " bytes, expected at most " + MessageReader.MAX_STRING_BYTES);
        }
        if (flexible) {
            writeUnsignedVarint(length + 1);
        } else {
            writeInt16((short) length);
        }
        writeArray(utf8);
    }

    public void writeNullableString(@Nullable String value, boolean flexible) {
        if (value != null) {
            writeString(value, flexible);
        } else if (flexible) {
            writeInt8((byte) 0);
        } else {
            writeInt16((short) -1);
        }
    }

    public void writeBytes(byte[] value, boolean flexible) {
        writeCount(value.length, flexible);
        writeArray(value);
    }

    public void writeNullableBytes(byte @Nullable [] value, boolean flexible) {
        if (value == null) {
            writeNullCount(flexible);
        } else {
            writeBytes(value, flexible);
        }
    }

    public void writeRecords(RecordBytes records, boolean flexible) {
        int size = records.sizeBytes();
        writeCount(size, flexible);
        long before = writtenBytes();
        records.writeTo(this);
        if (writtenBytes() - before != size) {
            throw new IllegalStateException(
                    "records wrote " + (writtenBytes() - before) + " bytes, their size says " + size);
        }
    }

    public void writeNullableRecords(@Nullable RecordBytes records, boolean flexible) {
        if (records == null) {
            writeNullCount(flexible);
        } else {
            writeRecords(records, flexible);
        }
    }

    /** The length of bytes or the number of elements of an array. */
    public void writeCount(int count, boolean flexible) {
        if (flexible) {
            writeUnsignedVarint(count + 1);
        } else {
            writeInt32(count);
        }
    }

    /** Stands for null bytes or a null array. */
    public void writeNullCount(boolean flexible) {
        if (flexible) {
            writeInt8((byte) 0);
        } else {
            writeInt32(-1);
        }
    }

    public void writeInt8List(List<Byte> values, boolean flexible) {
        int count = values.size();
        writeCount(count, flexible);
        for (int i = 0; i < count; i++) {
            writeInt8(values.get(i));
        }
    }

    public void writeInt16List(List<Short> values, boolean flexible) {
        int count = values.size();
        writeCount(count, flexible);
        for (int i = 0; i < count; i++) {
            writeInt16(values.get(i));
        }
    }

    public void writeInt32List(List<Integer> values, boolean flexible) {
        int count = values.size();
        writeCount(count, flexible);
        for (int i = 0; i < count; i++) {
            writeInt32(values.get(i));
        }
    }

    public void writeInt64List(List<Long> values, boolean flexible) {
        int count = values.size();
        writeCount(count, flexible);
        for (int i = 0; i < count; i++) {
            writeInt64(values.get(i));
        }
    }

    public void writeUuidList(List<UUID> values, boolean flexible) {
        int count = values.size();
        writeCount(count, flexible);
        for (int i = 0; i < count; i++) {
            writeUuid(values.get(i));
        }
    }

    public void writeStringList(List<String> values, boolean flexible) {
        int count = values.size();
        writeCount(count, flexible);
        for (int i = 0; i < count; i++) {
            writeString(values.get(i), flexible);
        }
    }

    /** The marker before a nullable struct. */
    public void writeStructMarker(boolean present) {
        writeInt8((byte) (present ? 1 : -1));
    }

    /** Begins a tagged field, whose value follows; the result goes to {@link #endTaggedField}. */
    public int beginTaggedField(int tag) {
        writeUnsignedVarint(tag);
        return advance(1);
    }

    /** Fills in the size of the tagged field. Most are below 128 bytes, for which the one byte kept free suffices. */
    public void endTaggedField(int start) {
        int size = index - start - 1;
        if (size < 0x80) {
            memory.put(start, (byte) size);
        } else {
            byte[] value = new byte[size];
            memory.get(start + 1, value);
            index = start;
            writeUnsignedVarint(size);
            writeArray(value);
        }
    }

    /** Copies the readable bytes of {@code bytes}, whose indexes stay. */
    public void writeRaw(ByteBuf bytes) {
        int size = bytes.readableBytes();
        int at = advance(size);
        buffer.setBytes(at, bytes, bytes.readerIndex(), size);
    }

    /** Appends the readable bytes of {@code bytes}: few by copy, many by a reference that the writer takes for itself. */
    public void writeBuffer(ByteBuf bytes) {
        int size = bytes.readableBytes();
        if (size <= COPY_UP_TO_BYTES) {
            writeRaw(bytes);
        } else {
            writePart(bytes.retainedSlice(), size);
        }
    }

    /**
     * Appends an opaque part of {@code sizeBytes} that the transport knows how to send. The caller's reference passes to
     * the writer, which releases it if the message is dropped. Not allowed inside of a tagged field.
     */
    public void writePart(Object part, int sizeBytes) {
        if (cuts == null) {
            cuts = new ArrayList<>();
        }
        cuts.add(new Cut(index, part));
        foreignBytes += sizeBytes;
    }

    /** Bytes so far, the length prefix of a frame included. */
    public long writtenBytes() {
        return index + foreignBytes;
    }

    /** Ends a bare message and hands everything to the caller. */
    public MessageParts finish() {
        long totalBytes = writtenBytes();
        buffer.writerIndex(index);
        List<Cut> around = cuts;
        if (around == null) {
            return new MessageParts(List.of(buffer), totalBytes);
        }
        List<Object> parts = new ArrayList<>(2 * around.size() + 1);
        int from = 0;
        for (Cut cut : around) {
            addSlice(parts, from, cut.index());
            parts.add(cut.part());
            from = cut.index();
        }
        addSlice(parts, from, index);
        buffer.release();
        return new MessageParts(parts, totalBytes);
    }

    /** Ends a frame: fills in its length and hands everything to the caller. */
    public MessageParts finishFrame() {
        long length = writtenBytes() - FRAME_LENGTH_BYTES;
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("frame has " + length + " bytes, expected at most 2147483647");
        }
        memory.putInt(0, (int) length);
        return finish();
    }

    /** Drops everything written. */
    public void release() {
        buffer.release();
        if (cuts != null) {
            cuts.forEach(cut -> ReferenceCountUtil.release(cut.part()));
        }
    }

    /** The error of a field that {@code version} of its message cannot carry. */
    public static IllegalArgumentException unsupportedField(String field, short version) {
        return new IllegalArgumentException(field + " is set, but version " + version + " has no such field");
    }

    /** The error of a null field that must not be null at {@code version} of its message. */
    public static IllegalArgumentException unexpectedNull(String field, short version) {
        return new IllegalArgumentException(field + " is null, which version " + version + " cannot express");
    }

    private void writeArray(byte[] bytes) {
        int at = advance(bytes.length);
        memory.put(at, bytes);
    }

    /** Makes room for {@code bytes} and returns the index at which they go; {@link #memory} is valid for them after. */
    private int advance(int bytes) {
        int at = index;
        if (bytes > capacity - at) {
            grow(bytes);
        }
        index = at + bytes;
        return at;
    }

    private void grow(int bytes) {
        int factor = capacity < GROW_FAST_UP_TO_BYTES ? 4 : 2;
        long grown = Math.max((long) capacity * factor, (long) index + bytes);
        capacity = buffer.capacity((int) Math.min(grown, Integer.MAX_VALUE)).capacity();
        memory = buffer.nioBuffer(0, capacity);
    }

    private void addSlice(List<Object> parts, int from, int to) {
        if (to > from) {
            parts.add(buffer.retainedSlice(from, to - from));
        }
    }
}
