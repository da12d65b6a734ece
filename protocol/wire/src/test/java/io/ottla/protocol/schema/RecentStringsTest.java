package io.ottla.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A string is what its bytes say, whether or not, and whatever else, was read before. */
class RecentStringsTest {
    private final RecentStrings strings = new RecentStrings();

    @Test
    void recognisesAStringThatIsReadAgain() {
        String first = read("letters-from-afar");
        assertThat(read("letters-from-afar")).isSameAs(first).isEqualTo("letters-from-afar");
    }

    @Test
    void tellsStringsOfTheSameLengthAndEndsApart() {
        for (int i = 0; i < 1000; i++) {
            String text = "topic-" + i % 37 + "-ü-" + i % 7;
            assertThat(read(text)).isEqualTo(text);
        }
    }

    @Test
    void readsLongStringsAndBytesThatAreNoText() {
        String tooLong = "x".repeat(RecentStrings.MAX_BYTES + 1);
        assertThat(read(tooLong)).isEqualTo(tooLong);
        byte[] noText = {(byte) 0xC3, 'a', (byte) 0xFF};
        String replaced = new String(noText, StandardCharsets.UTF_8);
        for (int i = 0; i < 2; i++) {
            assertThat(strings.decode(Unpooled.wrappedBuffer(noText), 0, noText.length))
                    .isEqualTo(replaced);
        }
    }

    private String read(String text) {
        ByteBuf bytes = Unpooled.copiedBuffer("??" + text + "?", StandardCharsets.UTF_8);
        return strings.decode(bytes, 2, bytes.readableBytes() - 3);
    }
}
