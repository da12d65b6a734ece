package io.ottla.protocol.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.protocol.generator.Schema;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.protocol.schema.MessageWriter;

/** Our side of a comparison: whole messages from and to arrays. */
final class OttlaCodec {
    /** Without leak detection, which would take most of the time of these tests; others watch for leaks. */
    private static final UnpooledByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false, true);

    private OttlaCodec() {}

    static byte[] write(ApiMessage message, short version) {
        MessageWriter out = MessageWriter.message(ALLOCATOR, 64);
        message.write(out, version);
        MessageParts parts = out.finish();
        CompositeByteBuf whole = ALLOCATOR.compositeHeapBuffer(1024);
        parts.parts().forEach(part -> whole.addComponent(true, (ByteBuf) part));
        if (whole.readableBytes() != parts.totalBytes()) {
            throw new AssertionError(whole.readableBytes() + " bytes written, " + parts.totalBytes() + " announced");
        }
        byte[] bytes = new byte[whole.readableBytes()];
        whole.readBytes(bytes);
        whole.release();
        return bytes;
    }

    static ApiMessage read(Schema schema, byte[] bytes, short version) {
        return read(schema, Unpooled.wrappedBuffer(bytes), version);
    }

    /** Reads a message that must end where the buffer ends. */
    static ApiMessage read(Schema schema, ByteBuf bytes, short version) {
        ApiMessage message = Schemas.newMessage(schema);
        MessageReader in = new MessageReader(bytes);
        message.read(in, version);
        in.requireEnd(schema.name());
        return message;
    }
}
