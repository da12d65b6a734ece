package io.ottla.broker.handler;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageWriter;
import io.ottla.storage.file.FileRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** Holds responses to what Apache Kafka's own classes read: every field at that version, and no byte more. */
public final class KafkaParser {

    private KafkaParser() {}

    /** Writes a response as the network would and has Kafka read it. The response keeps its records. */
    public static org.apache.kafka.common.protocol.ApiMessage parse(ApiMessage response, short version) {
        MessageWriter out = MessageWriter.message(UnpooledByteBufAllocator.DEFAULT, 256);
        response.write(out, version);
        ByteBuffer bytes = bytesOf(out.finish());
        org.apache.kafka.common.protocol.ApiMessage parsed =
                ApiMessageType.fromApiKey(response.apiKey()).newResponse();
        parsed.read(new ByteBufferAccessor(bytes), version);
        if (bytes.hasRemaining()) {
            throw new AssertionError(bytes.remaining() + " bytes left after " + parsed);
        }
        return parsed;
    }

    private static ByteBuffer bytesOf(MessageParts parts) {
        ByteBuf whole = Unpooled.buffer();
        for (Object part : parts.parts()) {
            if (part instanceof ByteBuf buffer) {
                whole.writeBytes(buffer, buffer.readerIndex(), buffer.readableBytes());
            } else if (part instanceof FileRange range) {
                try {
                    range.readInto(whole, 0, range.sizeBytes());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            } else {
                throw new AssertionError("a part of " + part.getClass());
            }
            ReferenceCountUtil.release(part);
        }
        return ByteBuffer.wrap(whole.array(), 0, whole.readableBytes());
    }
}
