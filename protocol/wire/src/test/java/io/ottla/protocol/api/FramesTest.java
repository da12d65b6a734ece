package io.ottla.protocol.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.protocol.message.ApiVersionsResponse;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.MetadataRequest;
import io.ottla.protocol.message.OffsetCommitKey;
import io.ottla.protocol.message.RequestHeader;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MalformedMessageException;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames are what Kafka's clients send and understand. */
class FramesTest {
    private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    private final List<MessageParts> written = new ArrayList<>();

    @AfterEach
    void releaseFrames() {
        written.forEach(MessageParts::release);
    }

    private ByteBuf request(ApiMessage message, short version, String clientId) {
        return singleBuffer(Frames.writeRequest(ALLOCATOR, message, version, 77, clientId));
    }

    private ByteBuf singleBuffer(MessageParts frame) {
        written.add(frame);
        return frame.singleBuffer();
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 8, 9, 13})
    void aRequestFrameIsReadByKafkasClasses(short version) {
        ByteBuf frame = request(new MetadataRequest(), version, "client");
        ByteBuffer bytes = frame.nioBuffer();

        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        var header = org.apache.kafka.common.requests.RequestHeader.parse(bytes);
        assertThat(header.apiKey()).isEqualTo(ApiKeys.METADATA);
        assertThat(header.correlationId()).isEqualTo(77);
        assertThat(header.clientId()).isEqualTo("client");
        MetadataRequestData body = new MetadataRequestData(new ByteBufferAccessor(bytes), version);
        assertThat(body.topics()).isEmpty();
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 9})
    void readsTheHeaderThatItWrote(short version) {
        ByteBuf frame = request(new MetadataRequest(), version, null);
        frame.skipBytes(4);

        RequestHeader header = Frames.readRequestHeader(frame);

        assertThat(header.requestApiVersion()).isEqualTo(version);
        assertThat(header.clientId()).isNull();
        new MetadataRequest().read(new MessageReader(frame), version);
        assertThat(frame.isReadable()).isFalse();
    }

    @Test
    void readsKeyAndVersionThatNobodyKnows() {
        ByteBuf unknownKey =
                Unpooled.buffer().writeShort(999).writeShort(1).writeInt(5).writeShort(-1);
        ByteBuf unknownVersion = Unpooled.buffer()
                .writeShort(18)
                .writeShort(99)
                .writeInt(5)
                .writeShort(-1)
                .writeByte(0);

        assertThat(Frames.readRequestHeader(unknownKey).requestApiKey()).isEqualTo((short) 999);
        assertThat(Frames.readRequestHeader(unknownVersion).requestApiVersion()).isEqualTo((short) 99);
        assertThat(unknownVersion.isReadable()).isFalse();
    }

    @Test
    void refusesAFrameShorterThanAHeader() {
        assertThatThrownBy(() -> Frames.readRequestHeader(Unpooled.buffer().writeShort(18)))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void theOldestControlledShutdownCarriesNoClientId() {
        ByteBuf frame = request(new ControlledShutdownRequest(), (short) 0, "client");

        assertThat(frame.readableBytes()).isEqualTo(4 + 8 + 4);
    }

    @Test
    void anApiVersionsResponseHasTheOldestHeaderAtEveryVersion() {
        ByteBuf frame = singleBuffer(Frames.writeResponse(ALLOCATOR, new ApiVersionsResponse(), (short) 3, 5));

        assertThat(frame.readInt()).isEqualTo(frame.readableBytes());
        assertThat(Frames.readResponseHeader(frame, ApiKey.API_VERSIONS, (short) 3)
                        .correlationId())
                .isEqualTo(5);
        assertThat(frame.readShort()).isZero();
    }

    @Test
    void refusesToFrameARecord() {
        assertThatThrownBy(() -> Frames.writeResponse(ALLOCATOR, new OffsetCommitKey(), (short) 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
