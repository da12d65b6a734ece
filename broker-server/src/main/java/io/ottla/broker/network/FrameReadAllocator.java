package io.ottla.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Lets the transport read a large frame straight into the frame's own buffer, and everything else into buffers that
 * adapt to the connection's traffic. Belongs to one connection.
 */
final class FrameReadAllocator implements RecvByteBufAllocator {

    private static final RecvByteBufAllocator ADAPTIVE = new AdaptiveRecvByteBufAllocator(256, 1024, 64 * 1024);

    private final FrameReader frames;

    FrameReadAllocator(FrameReader frames) {
        this.frames = frames;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new FrameReadHandle(frames, (ExtendedHandle) ADAPTIVE.newHandle());
    }

    private static final class FrameReadHandle extends DelegatingHandle implements ExtendedHandle {

        private final FrameReader frames;

        FrameReadHandle(FrameReader frames, ExtendedHandle delegate) {
            super(delegate);
            this.frames = frames;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuf frame = frames.target();
            return frame != null ? frame : delegate().allocate(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return ((ExtendedHandle) delegate()).continueReading(maybeMoreData);
        }
    }
}
