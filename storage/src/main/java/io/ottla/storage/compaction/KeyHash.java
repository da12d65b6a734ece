package io.ottla.storage.compaction;

import io.netty.buffer.ByteBuf;

/**
 * SipHash-2-4 with 128 bits (Aumasson and Bernstein): stands for a key in the {@link OffsetMap}. With a secret that changes with
 * each run nobody can make up two keys of the same hash, and by chance there are none. Confined to its caller; the last hash
 * is in {@link #high()} and {@link #low()}.
 */
final class KeyHash {
    private static final long INIT_0 = 0x736f6d6570736575L;
    private static final long INIT_1 = 0x646f72616e646f6dL;
    private static final long INIT_2 = 0x6c7967656e657261L;
    private static final long INIT_3 = 0x7465646279746573L;
    private static final int LONG_RESULT = 0xee;
    private static final int SECOND_HALF = 0xdd;
    private static final int FINAL_ROUNDS = 4;

    private final long secret0;
    private final long secret1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long low;
    private long high;

    KeyHash(long secret0, long secret1) {
        this.secret0 = secret0;
        this.secret1 = secret1;
    }

    /** The first eight bytes of the hash, little-endian. */
    long low() {
        return low;
    }

    /** The last eight bytes of the hash, little-endian. */
    long high() {
        return high;
    }

    /** Hashes {@code length} bytes at {@code index}. */
    void hash(ByteBuf bytes, int index, int length) {
        v0 = secret0 ^ INIT_0;
        v1 = secret1 ^ INIT_1 ^ LONG_RESULT;
        v2 = secret0 ^ INIT_2;
        v3 = secret1 ^ INIT_3;
        int wholeEnd = index + (length & ~7);
        for (int at = index; at < wholeEnd; at += Long.BYTES) {
            mix(bytes.getLongLE(at));
        }
        long last = (long) length << 56;
        for (int i = 0; i < (length & 7); i++) {
            last |= (bytes.getByte(wholeEnd + i) & 0xffL) << (i * Byte.SIZE);
        }
        mix(last);
        v2 ^= LONG_RESULT;
        finish();
        low = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= SECOND_HALF;
        finish();
        high = v0 ^ v1 ^ v2 ^ v3;
    }

    private void mix(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private void finish() {
        for (int i = 0; i < FINAL_ROUNDS; i++) {
            round();
        }
    }

    private void round() {
        long a = v0 + v1;
        long b = Long.rotateLeft(v1, 13) ^ a;
        long c = v2 + v3;
        long d = Long.rotateLeft(v3, 16) ^ c;
        a = Long.rotateLeft(a, 32) + d;
        d = Long.rotateLeft(d, 21) ^ a;
        c += b;
        b = Long.rotateLeft(b, 17) ^ c;
        v0 = a;
        v1 = b;
        v2 = Long.rotateLeft(c, 32);
        v3 = d;
    }
}
