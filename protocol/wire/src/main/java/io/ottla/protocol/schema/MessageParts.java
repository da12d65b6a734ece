package io.ottla.protocol.schema;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * An encoded message, ready for a transport: buffers, and opaque parts (such as file regions) between them, in the order
 * of the wire.
 *
 * <p>The holder owns one reference of every part. Writing a part to a Netty channel gives that reference away; {@link
 * #release} gives up all of them instead. Use one of the two, once.
 */
public final class MessageParts {
    private final List<Object> parts;
    private final long totalBytes;

    MessageParts(List<Object> parts, long totalBytes) {
        this.parts = parts;
        this.totalBytes = totalBytes;
    }

    /** At least one part; each a {@link ByteBuf} or what {@link MessageWriter#writePart} was given. */
    public List<Object> parts() {
        return parts;
    }

    public long totalBytes() {
        return totalBytes;
    }

    /** The message as one buffer, when it has no other part; its reference passes to the caller. */
    public ByteBuf singleBuffer() {
        if (parts.size() != 1 || !(parts.get(0) instanceof ByteBuf buffer)) {
            throw new IllegalStateException("message has " + parts.size() + " parts, expected a single buffer");
        }
        return buffer;
    }

    public void release() {
        parts.forEach(ReferenceCountUtil::release);
    }
}
