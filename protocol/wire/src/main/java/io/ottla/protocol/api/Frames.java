package io.ottla.protocol.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.message.RequestHeader;
import io.ottla.protocol.message.ResponseHeader;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.protocol.schema.MessageWriter;
import org.jspecify.annotations.Nullable;

/**
 * Headers and bodies as they travel.
 *
 * <pre>
 * request frame:  length int32 | api key int16 | api version int16 | correlation id int32 | client id, tags | body
 * response frame: length int32 | correlation id int32 | tags | body
 * </pre>
 *
 * The length counts what follows it. Buffers given to the reading methods begin after the length.
 */
public final class Frames {
    private static final int API_KEY_OFFSET = 0;
    private static final int API_VERSION_OFFSET = 2;
    private static final int FIXED_HEADER_BYTES = 8;
    /** The header of a key that is not known is read as of this version: enough to name it in an error. */
    private static final short ANY_HEADER_VERSION = 1;
    /** A first guess that suffices for most; the buffer grows. */
    private static final int EXPECTED_BYTES = 1024;

    private Frames() {}

    /**
     * Reads the header of a request and leaves {@code frame} at the body. Key and version in it may be unknown.
     *
     * @throws io.ottla.protocol.schema.MalformedMessageException if the bytes are no header
     */
    public static RequestHeader readRequestHeader(ByteBuf frame) {
        return readRequestHeader(frame, new MessageReader(frame));
    }

    /** The same with a reader of the frame, which goes on with the body. */
    public static RequestHeader readRequestHeader(ByteBuf frame, MessageReader reader) {
        return new RequestHeader(reader, requestHeaderVersion(frame));
    }

    private static short requestHeaderVersion(ByteBuf frame) {
        if (frame.readableBytes() < FIXED_HEADER_BYTES) {
            return ANY_HEADER_VERSION;
        }
        int start = frame.readerIndex();
        ApiKey key = ApiKey.forId(frame.getShort(start + API_KEY_OFFSET));
        return key == null ? ANY_HEADER_VERSION : key.requestHeaderVersion(frame.getShort(start + API_VERSION_OFFSET));
    }

    /** Encodes a request with its header. {@code version} is that of {@code request}, and known. */
    public static MessageParts writeRequest(
            ByteBufAllocator allocator,
            ApiMessage request,
            short version,
            int correlationId,
            @Nullable String clientId) {
        RequestHeader header = new RequestHeader()
                .setRequestApiKey(request.apiKey())
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId);
        short headerVersion = keyOf(request).requestHeaderVersion(version);
        if (headerVersion > 0) {
            header.setClientId(clientId);
        }
        return write(allocator, header, headerVersion, request, version);
    }

    /** Encodes a response with its header. Records in it stay with their owner, who still has to release them. */
    public static MessageParts writeResponse(
            ByteBufAllocator allocator, ApiMessage response, short version, int correlationId) {
        ResponseHeader header = new ResponseHeader().setCorrelationId(correlationId);
        return write(allocator, header, keyOf(response).responseHeaderVersion(version), response, version);
    }

    /** Reads the header of a response to a request of {@code key} and {@code version}; leaves {@code frame} at the body. */
    public static ResponseHeader readResponseHeader(ByteBuf frame, ApiKey key, short version) {
        return new ResponseHeader(new MessageReader(frame), key.responseHeaderVersion(version));
    }

    private static MessageParts write(
            ByteBufAllocator allocator, ApiMessage header, short headerVersion, ApiMessage body, short version) {
        MessageWriter out = MessageWriter.frame(allocator, EXPECTED_BYTES);
        try {
            header.write(out, headerVersion);
            body.write(out, version);
            return out.finishFrame();
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }

    private static ApiKey keyOf(ApiMessage message) {
        ApiKey key = ApiKey.forId(message.apiKey());
        if (key == null) {
            throw new IllegalArgumentException(message.getClass().getSimpleName() + " is no request or response");
        }
        return key;
    }
}
