package io.ottla.broker.request;

import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.schema.MessageParts;

/** Where a connection's responses go. Confined to the connection's event loop. */
public interface ResponseSink {

    /** The allocator of response buffers. */
    ByteBufAllocator allocator();

    /** False while the client reads more slowly than it asks: responses then wait, unencoded, for their turn. */
    boolean isWritable();

    /** Takes over one whole response frame, length prefix included; it may stay buffered until {@link #progressed}. */
    void write(MessageParts frame);

    /** Called after requests were answered: buffered frames should be flushed soon and reading may go on. */
    void progressed();
}
