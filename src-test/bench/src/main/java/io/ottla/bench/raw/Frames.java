package io.ottla.bench.raw;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Requests as the bytes of a frame, and answers back from them.
 *
 * <pre>
 * offset 0   length of the rest, int32
 *        4   api key, int16
 *        6   api version, int16
 *        8   correlation id, int32
 *       12   client id, then the rest of the header and the body
 * </pre>
 */
public final class Frames {
    /** Enough for the answers of small requests. */
    public static final int SMALL_BYTES = 1 << 13;

    static final int LENGTH_BYTES = 4;
    static final int CORRELATION_ID_OFFSET = 8;

    private static final String CLIENT_ID = "ottla-bench";

    private Frames() {}

    /** One frame with correlation id 0, ready to be written. */
    public static ByteBuffer encode(ApiMessage request, short version) {
        ApiKeys key = ApiKeys.forId(request.apiKey());
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(request.apiKey())
                .setRequestApiVersion(version)
                .setClientId(CLIENT_ID);
        short headerVersion = key.requestHeaderVersion(version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        int headerBytes = size.totalSize();
        request.addSize(size, cache, version);
        ByteBuffer frame = ByteBuffer.allocateDirect(LENGTH_BYTES + size.totalSize());
        frame.putInt(size.totalSize());
        ByteBufferAccessor out = new ByteBufferAccessor(frame);
        header.write(out, cache, headerVersion);
        if (frame.position() != LENGTH_BYTES + headerBytes) {
            throw new IllegalStateException("the header of " + key + " has " + frame.position() + " bytes");
        }
        request.write(out, cache, version);
        return frame.flip();
    }

    /** Where the body of a request begins in its frame. */
    static int bodyOffset(ApiMessage request, short version) {
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        request.addSize(size, new ObjectSerializationCache(), version);
        return encode(request, version).remaining() - size.totalSize();
    }

    /** Reads the answer to a request of this key and version; {@code frame} is at the answer's header. */
    static ApiMessage decode(ByteBuffer frame, short apiKey, short version) {
        ApiKeys key = ApiKeys.forId(apiKey);
        ByteBufferAccessor in = new ByteBufferAccessor(frame);
        new ResponseHeaderData(in, key.responseHeaderVersion(version));
        ApiMessage response = ApiMessageType.fromApiKey(apiKey).newResponse();
        response.read(in, version);
        return response;
    }
}
