package io.ottla.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lengths lie, varints run on, and every error says where. */
class MessageReaderTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16383, 16384, 1 << 21, 1 << 28, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void readsVarintsAsKafkaWritesThem(int value) {
        ByteBuffer kafkas = ByteBuffer.allocate(8);
        new ByteBufferAccessor(kafkas).writeUnsignedVarint(value);
        MessageWriter out = MessageWriter.message(Unpooled.buffer().alloc(), 8);
        out.writeUnsignedVarint(value);
        ByteBuf ours = out.finish().singleBuffer();

        assertThat(ours).isEqualTo(Unpooled.wrappedBuffer(kafkas.flip()));
        assertThat(new MessageReader(ours).readUnsignedVarint()).isEqualTo(value);
        ours.release();
    }

    @Test
    void refusesAVarintThatIsTooLong() {
        assertMalformed("fifth byte of a varint is 255, expected 0 to 15, at byte 4", -1, -1, -1, -1, -1, 0);
    }

    @Test
    void refusesLengthsBeyondTheEnd() {
        assertThatThrownBy(() -> reader(0, 5, 'a').readString("name", false))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("name needs 5 bytes, 1 remain, at byte 2");
        assertThatThrownBy(() -> reader(0x7F, -1, -1, -1).readBytes("blob", false))
                .hasMessage("blob needs 2147483647 bytes, 0 remain, at byte 4");
        assertThatThrownBy(() -> reader(0, 0, 0, 3, 0, 0).readCount("items", 1, false))
                .hasMessage("count of items is 3, expected 0 to 2, at byte 0");
        assertThatThrownBy(() -> reader(0, 0, 0, 1, 0, 0).readCount("items", 4, false))
                .hasMessage("count of items is 1, expected 0 to 0, at byte 0");
    }

    @Test
    void refusesNegativeLengthsOtherThanNull() {
        assertThat(reader(-1, -1).readNullableString("name", false)).isNull();
        assertThat(reader(0).readNullableBytes("blob", true)).isNull();
        assertThatThrownBy(() -> reader(-1, -2).readNullableString("name", false))
                .hasMessage("length of name is -2, expected -1 to 32767, at byte 0");
        assertThatThrownBy(() -> reader(-1, -1, -1, -2).readNullableCount("items", 1, false))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> reader(-1, -1).readString("name", false))
                .hasMessageStartingWith("name is null, which it must not be");
    }

    @Test
    void refusesAStringLongerThanTheProtocolAllows() {
        ByteBuf tooLong =
                Unpooled.buffer().writeByte(0x81).writeByte(0x80).writeByte(2).writeZero(1 << 15);

        assertThatThrownBy(() -> new MessageReader(tooLong).readString("name", true))
                .hasMessageStartingWith("length of name is 32768");
    }

    @Test
    void refusesAStructMarkerThatIsNeitherPresentNorNull() {
        assertThat(reader(1).readStructMarker("cursor")).isTrue();
        assertThat(reader(-1).readStructMarker("cursor")).isFalse();
        assertThatThrownBy(() -> reader(0).readStructMarker("cursor")).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void refusesATaggedFieldThatOutlastsTheFrame() {
        assertThatThrownBy(() -> reader(1, 0, 9, 0).skipTaggedFields())
                .hasMessage("size of tagged field 0 is 9, expected 0 to 1, at byte 2");
    }

    @Test
    void refusesTrailingBytesWhenAsked() {
        assertThatThrownBy(() -> reader(1, 2).requireEnd("message"))
                .hasMessage("2 bytes follow the end of message, at byte 0");
    }

    private static void assertMalformed(String message, int... bytes) {
        assertThatThrownBy(() -> reader(bytes).readUnsignedVarint())
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage(message);
    }

    private static MessageReader reader(int... bytes) {
        ByteBuf buffer = Unpooled.buffer();
        for (int value : bytes) {
            buffer.writeByte(value);
        }
        return new MessageReader(buffer);
    }
}
