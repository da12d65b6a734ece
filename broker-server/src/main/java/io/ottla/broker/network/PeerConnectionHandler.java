package io.ottla.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** Cuts what one channel to a peer receives into frames. Confined to the channel's event loop. */
final class PeerConnectionHandler extends ChannelInboundHandlerAdapter implements FrameReader.Sink {

    private final PeerConnection connection;
    private final FrameReader frames;
    private final int maxResponseBytes;
    private @Nullable Channel channel;

    PeerConnectionHandler(PeerConnection connection, ByteBufAllocator allocator, int maxResponseBytes) {
        this.connection = connection;
        this.maxResponseBytes = maxResponseBytes;
        this.frames = new FrameReader(this, allocator, FrameReader.MIN_RESPONSE_BYTES, maxResponseBytes);
    }

    FrameReader frames() {
        return frames;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        frames.read((ByteBuf) bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        frames.close();
        connection.onBroken(context.channel(), "the connection was closed by the peer");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        connection.onBroken(context.channel(), "the connection broke: " + cause.getMessage());
        var unused = context.close();
    }

    @Override
    public boolean acceptsFrames() {
        return true;
    }

    @Override
    public boolean admit(int frameBytes) {
        return true;
    }

    @Override
    public void abandon(int frameBytes) {}

    @Override
    public void onFrame(ByteBuf frame) {
        if (channel != null) {
            connection.onFrame(channel, frame);
        }
    }

    @Override
    public void onBadLength(int length) {
        if (channel != null) {
            connection.onBroken(
                    channel,
                    "response length %d, expected %d to %d"
                            .formatted(length, FrameReader.MIN_RESPONSE_BYTES, maxResponseBytes));
        }
    }
}
