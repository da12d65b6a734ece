package io.ottla.protocol.schema;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the encodings of the protocol from a buffer, which it advances but neither retains nor releases. Confined to its
 * caller.
 *
 * <p>Every method throws {@link MalformedMessageException} rather than read beyond the buffer's writer index, and checks
 * a declared length against the remaining bytes before it allocates. {@code flexible} selects the compact encodings of
 * KIP-482; {@code what} names a field in errors. Methods with Nullable in their names return null (or -1 as a count)
 * where the message says so; the others treat null as an error.
 */
public final class MessageReader {
    /** The protocol's bound on strings, in bytes of UTF-8. */
    static final int MAX_STRING_BYTES = Short.MAX_VALUE;

    private final ByteBuf buffer;
    private final @Nullable RecentStrings strings;

    public MessageReader(ByteBuf buffer) {
        this(buffer, null);
    }

    /** @param strings where to look for strings before they are decoded, or null */
    public MessageReader(ByteBuf buffer, @Nullable RecentStrings strings) {
        this.buffer = buffer;
        this.strings = strings;
    }

    public int remainingBytes() {
        return buffer.readableBytes();
    }

    /** The index in the buffer of the next byte. */
    public int position() {
        return buffer.readerIndex();
    }

    public boolean readBool() {
        return readInt8() != 0;
    }

    public byte readInt8() {
        require("int8", 1);
        return buffer.readByte();
    }

    public short readInt16() {
        require("int16", 2);
        return buffer.readShort();
    }

    public int readUint16() {
        require("uint16", 2);
        return buffer.readUnsignedShort();
    }

    public int readInt32() {
        require("int32", 4);
        return buffer.readInt();
    }

    public long readUint32() {
        require("uint32", 4);
        return buffer.readUnsignedInt();
    }

    public long readInt64() {
        require("int64", 8);
        return buffer.readLong();
    }

    public double readFloat64() {
        require("float64", 8);
        return buffer.readDouble();
    }

    public UUID readUuid() {
        require("uuid", 16);
        long high = buffer.readLong();
        long low = buffer.readLong();
        return high == 0 && low == 0 ? Base64Uuid.ZERO : new UUID(high, low);
    }

    /** Up to five bytes, seven bits each, lowest first; the result is to be taken as unsigned. */
    public int readUnsignedVarint() {
        byte first = readInt8();
        return first >= 0 ? first : readLongerVarint(first);
    }

    private int readLongerVarint(byte first) {
        int value = first & 0x7F;
        for (int shift = 7; shift < 28; shift += 7) {
            byte next = readInt8();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        int last = readInt8() & 0xFF;
        if (last > 0x0F) {
            throw MalformedMessageException.outOfRange("fifth byte of a varint", last, 0, 0x0F, position() - 1);
        }
        return value | last << 28;
    }

    public String readString(String what, boolean flexible) {
        return readUtf8(what, nonNull(what, readStringLength(what, flexible)));
    }

    public @Nullable String readNullableString(String what, boolean flexible) {
        int length = readStringLength(what, flexible);
        return length < 0 ? null : readUtf8(what, length);
    }

    public byte[] readBytes(String what, boolean flexible) {
        return copyBytes(what, nonNull(what, readLength(what, flexible)));
    }

    public byte @Nullable [] readNullableBytes(String what, boolean flexible) {
        int length = readLength(what, flexible);
        return length < 0 ? null : copyBytes(what, length);
    }

    /** A slice of the buffer, without a reference of its own. */
    public BufferRecords readRecords(String what, boolean flexible) {
        return sliceRecords(what, nonNull(what, readLength(what, flexible)));
    }

    public @Nullable BufferRecords readNullableRecords(String what, boolean flexible) {
        int length = readLength(what, flexible);
        return length < 0 ? null : sliceRecords(what, length);
    }

    /** The number of elements of an array, each of which takes at least {@code minElementBytes} (1 or more). */
    public int readCount(String what, int minElementBytes, boolean flexible) {
        return nonNull(what, readNullableCount(what, minElementBytes, flexible));
    }

    public int readNullableCount(String what, int minElementBytes, boolean flexible) {
        int start = position();
        int count = readLength(what, flexible);
        int bound = remainingBytes() / minElementBytes;
        if (count > bound) {
            throw MalformedMessageException.outOfRange("count of " + what, count, 0, bound, start);
        }
        return count;
    }

    public List<Byte> readInt8List(String what, int count) {
        List<Byte> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(readInt8());
        }
        return list;
    }

    public List<Short> readInt16List(String what, int count) {
        List<Short> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(readInt16());
        }
        return list;
    }

    public List<Integer> readInt32List(String what, int count) {
        List<Integer> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(readInt32());
        }
        return list;
    }

    public List<Long> readInt64List(String what, int count) {
        List<Long> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(readInt64());
        }
        return list;
    }

    public List<UUID> readUuidList(String what, int count) {
        List<UUID> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(readUuid());
        }
        return list;
    }

    public List<String> readStringList(String what, int count, boolean flexible) {
        List<String> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(readString(what, flexible));
        }
        return list;
    }

    /** Whether a nullable struct follows: the marker is 1 if so and -1 if not. */
    public boolean readStructMarker(String what) {
        byte marker = readInt8();
        if (marker != 1 && marker != -1) {
            throw new MalformedMessageException(
                    "marker of " + what + " is " + marker + ", expected 1 (present) or -1 (null)", position() - 1);
        }
        return marker == 1;
    }

    /** Reads the size of a tagged field and returns the position at which the field must end. */
    public int readTaggedFieldEnd(int tag) {
        int start = position();
        int size = readUnsignedVarint();
        if (size < 0 || size > remainingBytes()) {
            throw MalformedMessageException.outOfRange(
                    "size of tagged field " + tag, Integer.toUnsignedLong(size), 0, remainingBytes(), start);
        }
        return position() + size;
    }

    /** Checks that the value of a known tagged field took exactly its declared size. */
    public void checkTaggedFieldEnd(int tag, int end) {
        if (position() != end) {
            throw new MalformedMessageException(
                    "tagged field " + tag + " ends at byte " + position() + ", its size says " + end, position());
        }
    }

    /** Moves to {@code end}, a result of {@link #readTaggedFieldEnd}. */
    public void skipTo(int end) {
        buffer.readerIndex(end);
    }

    /** Skips the tagged fields of a struct of which none is known. */
    public void skipTaggedFields() {
        for (int left = readUnsignedVarint(); left != 0; left--) {
            skipTo(readTaggedFieldEnd(readUnsignedVarint()));
        }
    }

    /** Refuses bytes after the end of a message. */
    public void requireEnd(String what) {
        if (buffer.isReadable()) {
            throw new MalformedMessageException(remainingBytes() + " bytes follow the end of " + what, position());
        }
    }

    private int readStringLength(String what, boolean flexible) {
        int start = position();
        int length = flexible ? readUnsignedVarint() - 1 : readInt16();
        if (length < -1 || length > MAX_STRING_BYTES) {
            throw MalformedMessageException.outOfRange("length of " + what, length, -1, MAX_STRING_BYTES, start);
        }
        return length;
    }

    private int readLength(String what, boolean flexible) {
        int start = position();
        int length = flexible ? readUnsignedVarint() - 1 : readInt32();
        if (length < -1) {
            throw MalformedMessageException.outOfRange("length of " + what, length, -1, Integer.MAX_VALUE, start);
        }
        return length;
    }

    private int nonNull(String what, int length) {
        if (length < 0) {
            throw new MalformedMessageException(what + " is null, which it must not be", position());
        }
        return length;
    }

    private String readUtf8(String what, int length) {
        require(what, length);
        if (length == 0) {
            return "";
        }
        int start = buffer.readerIndex();
        String text = strings != null
                ? strings.decode(buffer, start, length)
                : buffer.toString(start, length, StandardCharsets.UTF_8);
        buffer.readerIndex(start + length);
        return text;
    }

    private byte[] copyBytes(String what, int length) {
        require(what, length);
        byte[] bytes = new byte[length];
        buffer.readBytes(bytes);
        return bytes;
    }

    private BufferRecords sliceRecords(String what, int length) {
        require(what, length);
        return BufferRecords.borrow(buffer.readSlice(length));
    }

    private void require(String what, int bytes) {
        if (buffer.readableBytes() < bytes) {
            throw tooShort(what, bytes);
        }
    }

    private MalformedMessageException tooShort(String what, int bytes) {
        return new MalformedMessageException(
                what + " needs " + bytes + " bytes, " + remainingBytes() + " remain", position());
    }
}
