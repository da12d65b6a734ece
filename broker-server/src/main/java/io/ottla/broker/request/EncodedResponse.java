package io.ottla.broker.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.protocol.schema.MessageWriter;

/** A response body that was encoded once, at one version, to be sent many times. Immutable. */
public record EncodedResponse(ByteBuf body, short version, ApiMessage original) implements ApiMessage {

    private static final int EXPECTED_BYTES = 1024;

    /** Encodes the response as of the version. */
    public static EncodedResponse of(ApiMessage response, short version) {
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, EXPECTED_BYTES);
        response.write(out, version);
        ByteBuf encoded = out.finish().singleBuffer();
        byte[] bytes = ByteBufUtil.getBytes(encoded);
        encoded.release();
        return new EncodedResponse(Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes)), version, response);
    }

    /** How many bytes the body has. */
    public int sizeBytes() {
        return body.readableBytes();
    }

    @Override
    public void write(MessageWriter out, short atVersion) {
        if (atVersion != version) {
            throw new IllegalArgumentException("encoded at version " + version + ", not " + atVersion);
        }
        out.writeRaw(body);
    }

    @Override
    public void read(MessageReader in, short atVersion) {
        throw new UnsupportedOperationException("an encoded response is only written");
    }

    @Override
    public short apiKey() {
        return original.apiKey();
    }

    @Override
    public short lowestSupportedVersion() {
        return version;
    }

    @Override
    public short highestSupportedVersion() {
        return version;
    }
}
