package io.ottla.protocol.schema;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Record batches in a buffer. A message that was read always holds its records in this form. */
public final class BufferRecords implements RecordBytes {
    /** No batches at all; may be shared. */
    public static final BufferRecords EMPTY = new BufferRecords(Unpooled.EMPTY_BUFFER, false);

    private final ByteBuf buffer;
    private final boolean owned;

    private BufferRecords(ByteBuf buffer, boolean owned) {
        this.buffer = buffer;
        this.owned = owned;
    }

    /** The readable bytes of {@code buffer}, which somebody else keeps alive and releases. */
    public static BufferRecords borrow(ByteBuf buffer) {
        return new BufferRecords(buffer, false);
    }

    /** The readable bytes of {@code buffer}, whose reference passes to this object until {@link #release}. */
    public static BufferRecords own(ByteBuf buffer) {
        return new BufferRecords(buffer, true);
    }

    /** The batches, from reader to writer index; the caller gets no reference of its own. */
    public ByteBuf buffer() {
        return buffer;
    }

    @Override
    public int sizeBytes() {
        return buffer.readableBytes();
    }

    @Override
    public void writeTo(MessageWriter out) {
        out.writeBuffer(buffer);
    }

    @Override
    public void release() {
        if (owned) {
            buffer.release();
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BufferRecords that && buffer.equals(that.buffer);
    }

    @Override
    public int hashCode() {
        return buffer.hashCode();
    }

    @Override
    public String toString() {
        return sizeBytes() + " bytes of records";
    }
}
