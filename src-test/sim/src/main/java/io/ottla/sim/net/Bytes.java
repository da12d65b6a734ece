package io.ottla.sim.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.storage.file.FileRange;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Frames as what travels. */
final class Bytes {
    private Bytes() {}

    /** All parts of a frame, which are released. Files are read now. */
    static byte[] of(MessageParts frame) {
        ByteBuf all = Unpooled.buffer((int) frame.totalBytes());
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
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        if (bytes.length != frame.totalBytes()) {
            throw new UncheckedIOException(new IOException("a file has been cut while it was sent"));
        }
        return bytes;
    }
}
