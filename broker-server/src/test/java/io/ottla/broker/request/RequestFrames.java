package io.ottla.broker.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.protocol.api.Frames;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageParts;

/** Encodes requests as clients do. */
public final class RequestFrames {

    private RequestFrames() {}

    /** A request behind its length prefix. */
    public static ByteBuf withLength(ApiMessage request, short version, int correlationId) {
        MessageParts parts =
                Frames.writeRequest(UnpooledByteBufAllocator.DEFAULT, request, version, correlationId, "test");
        ByteBuf[] buffers = parts.parts().toArray(ByteBuf[]::new);
        ByteBuf whole = Unpooled.copiedBuffer(buffers);
        parts.release();
        return whole;
    }

    /** A request as the frame reader hands it on. */
    public static ByteBuf frame(ApiMessage request, short version, int correlationId) {
        return withLength(request, version, correlationId).skipBytes(Integer.BYTES);
    }
}
