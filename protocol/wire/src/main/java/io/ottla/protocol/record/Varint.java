package io.ottla.protocol.record;

import io.netty.buffer.ByteBuf;

/** Writes the zigzag variable-length integers of records: seven bits a byte, least significant first. */
final class Varint {
    private Varint() {}

    /** Bytes that {@link #write} takes for {@code value}. A 32-bit value has the same form as a 64-bit one. */
    static int sizeBytes(long value) {
        return (70 - Long.numberOfLeadingZeros(zigzag(value) | 1)) / 7;
    }

    static void write(ByteBuf target, long value) {
        long rest = zigzag(value);
        while ((rest & ~0x7fL) != 0) {
            target.writeByte((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        target.writeByte((int) rest);
    }

    private static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }
}
