package io.ottla.protocol.schema;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A few strings that were read lately, to be recognised by their bytes: a client sends its own name, and the names of its
 * topics and its group, with every request. What is recognised is not decoded again, and is the same instance, with its
 * hash code. Confined to its owner.
 */
public final class RecentStrings {
    private static final int SLOTS = 8;

    /** Longer ones are rare, and would be kept for nothing. */
    static final int MAX_BYTES = 128;

    private final @Nullable ByteBuf[] encoded = new ByteBuf[SLOTS];
    private final String[] texts = new String[SLOTS];

    /** The string whose UTF-8 bytes these are; there is at least one. */
    String decode(ByteBuf buffer, int index, int length) {
        if (length > MAX_BYTES) {
            return buffer.toString(index, length, StandardCharsets.UTF_8);
        }
        int slot = slotOf(length, buffer.getByte(index), buffer.getByte(index + length - 1));
        ByteBuf known = encoded[slot];
        if (known != null
                && known.readableBytes() == length
                && ByteBufUtil.equals(known, known.readerIndex(), buffer, index, length)) {
            return texts[slot];
        }
        String text = buffer.toString(index, length, StandardCharsets.UTF_8);
        encoded[slot] = Unpooled.wrappedBuffer(ByteBufUtil.getBytes(buffer, index, length));
        texts[slot] = text;
        return text;
    }

    private static int slotOf(int length, byte first, byte last) {
        return (length * 5 + first * 3 + last) & (SLOTS - 1);
    }
}
