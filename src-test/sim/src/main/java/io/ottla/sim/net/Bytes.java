package io.ottla.sim.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.storage.file.FileRange;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Frames as what travels. */
final class Bytes {
    /** Memory of the heap, which costs least to take and to forget. */
    static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false, true);

    private Bytes() {}

    /** A frame without its length, in memory that is read faster than an array that is wrapped. */
    static ByteBuf received(byte[] frame) {
        int length = frame.length - Integer.BYTES;
        return ALLOCATOR.buffer(length).writeBytes(frame, Integer.BYTES, length);
    }

    /** All parts of a frame, which are released. Files are read now. */
    static byte[] of(MessageParts frame) {
        byte[] bytes = new byte[(int) frame.totalBytes()];
        ByteBuf all = Unpooled.wrappedBuffer(bytes).clear();
        try {
            for (Object part : frame.parts()) {
                if (part instanceof FileRange range) {
                    range.readInto(all, 0, range.sizeBytes());
                } else {
                    ByteBuf buffer = (ByteBuf) part;
                    all.writeBytes(buffer, buffer.readerIndex(), buffer.readableBytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            frame.release();
        }
        if (all.readableBytes() != bytes.length) {
            throw new UncheckedIOException(new IOException("a file has been cut while it was sent"));
        }
        return bytes;
    }
}
