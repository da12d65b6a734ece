package io.ottla.broker.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.message.RequestHeader;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageWriter;

/** Encodes requests as clients do. */
public final class RequestFrames {

    private RequestFrames() {}

    /** A request behind its length prefix. */
    public static ByteBuf withLength(ApiMessage request, short version, int correlationId) {
        ApiKey key = ApiKey.forId(request.apiKey());
        if (key == null) {
            throw new IllegalArgumentException(request + " is no request");
        }
        MessageWriter out = MessageWriter.frame(UnpooledByteBufAllocator.DEFAULT, 64);
        new RequestHeader()
                .setRequestApiKey(key.id())
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId("test")
                .write(out, key.requestHeaderVersion(version));
        request.write(out, version);
        return out.finishFrame().singleBuffer();
    }

    /** A request as the frame reader hands it on. */
    public static ByteBuf frame(ApiMessage request, short version, int correlationId) {
        return withLength(request, version, correlationId).skipBytes(Integer.BYTES);
    }
}
