package io.ottla.protocol.schema;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Some strings that were read lately, to be recognised by their bytes: a client sends its own name, and the names of its
 * topics and its group, with every request. What is recognised is not decoded again, and is the same instance, with its
 * hash code. Confined to its owner.
 */
public final class RecentStrings {
    /** A power of two. Strings that meet in a slot displace each other, which costs a decoding. */
    private static final int SLOTS = 1 << 9;

    private static final int SLOT_SHIFT = Integer.SIZE - 9;

    /** The golden ratio in 32 bits: spreads over the upper bits what differs in the lower ones. */
    private static final int SPREAD = 0x9E37_79B9;

    /** Longer ones are rare, and would be kept for nothing. */
    static final int MAX_BYTES = 128;

    private final @Nullable Entry[] entries = new Entry[SLOTS];

    private record Entry(ByteBuf utf8, String text) {}

    /** The string whose UTF-8 bytes these are; there is at least one. */
    String decode(ByteBuf buffer, int index, int length) {
        if (length > MAX_BYTES) {
            return buffer.toString(index, length, StandardCharsets.UTF_8);
        }
        int slot = slotOf(buffer, index, length);
        Entry known = entries[slot];
        if (known != null
                && known.utf8.readableBytes() == length
                && ByteBufUtil.equals(known.utf8, 0, buffer, index, length)) {
            return known.text;
        }
        String text = buffer.toString(index, length, StandardCharsets.UTF_8);
        entries[slot] = new Entry(Unpooled.wrappedBuffer(ByteBufUtil.getBytes(buffer, index, length)), text);
        return text;
    }

    /** Names that differ mostly do so at their ends: in a number, or in a prefix. */
    private static int slotOf(ByteBuf buffer, int index, int length) {
        int end = index + length;
        int hash = length;
        if (length < Integer.BYTES) {
            for (int at = index; at < end; at++) {
                hash = 31 * hash + buffer.getByte(at);
            }
        } else {
            hash = 31 * hash + buffer.getInt(index);
            hash = 31 * hash * SPREAD + buffer.getInt(end - Integer.BYTES);
        }
        return (hash * SPREAD) >>> SLOT_SHIFT;
    }
}
