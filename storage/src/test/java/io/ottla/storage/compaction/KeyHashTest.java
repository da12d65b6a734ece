package io.ottla.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Goal: the hash is SipHash-2-4-128. Method: the first vectors of its authors (key 00..0f, message 00..n-1). */
class KeyHashTest {
    private static final long SECRET_0 = 0x0706050403020100L;
    private static final long SECRET_1 = 0x0f0e0d0c0b0a0908L;
    private static final String[] VECTORS = {
        "a3817f04ba25a8e66df67214c7550293", "da87c1d86b99af44347659119b22fc45", "8177228da4a45dc7fca38bdef60affe4",
    };

    @Test
    void givesTheHashesOfItsAuthors() {
        for (int length = 0; length < VECTORS.length; length++) {
            assertThat(hash(message(length))).isEqualTo(VECTORS[length]);
        }
    }

    @Test
    void everyByteCountsAtEveryLength() {
        Set<String> seen = new HashSet<>();
        for (int length = 0; length < 64; length++) {
            ByteBuf message = message(length);
            assertThat(seen.add(hash(message))).isTrue();
            for (int i = 0; i < length; i++) {
                message.setByte(i, i + 1);
                assertThat(seen.add(hash(message))).isTrue();
                message.setByte(i, i);
            }
        }
    }

    private static ByteBuf message(int length) {
        ByteBuf message = Unpooled.buffer(length + 1);
        for (int i = 0; i < length; i++) {
            message.writeByte(i);
        }
        return message;
    }

    private static String hash(ByteBuf message) {
        KeyHash hash = new KeyHash(SECRET_0, SECRET_1);
        hash.hash(message, 0, message.readableBytes());
        ByteBuf bytes = Unpooled.buffer(16).writeLongLE(hash.low()).writeLongLE(hash.high());
        return HexFormat.of().formatHex(bytes.array());
    }
}
