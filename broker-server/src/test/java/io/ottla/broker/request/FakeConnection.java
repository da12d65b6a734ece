package io.ottla.broker.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.ottla.broker.config.SecurityProtocol;
import io.ottla.protocol.schema.MessageParts;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection without a network: remembers what is written to it and why it was closed. */
public final class FakeConnection implements ClientConnection, ResponseSink {

    /** Frames written, without their length prefixes. */
    final List<ByteBuf> written = new ArrayList<>();

    public final List<String> closedBecause = new ArrayList<>();
    private final EventExecutor loop;
    boolean writable = true;
    boolean failsToWrite;
    int progress;
    private @Nullable ClientSoftware software;

    /** One whose loop is whatever thread is there. */
    FakeConnection() {
        this(ImmediateEventExecutor.INSTANCE);
    }

    public FakeConnection(EventExecutor loop) {
        this.loop = loop;
    }

    @Override
    public void write(MessageParts frame) {
        if (failsToWrite) {
            frame.release();
            throw new IllegalStateException("the test wants it so");
        }
        CompositeByteBuf whole = allocator().compositeBuffer();
        frame.parts().forEach(part -> whole.addComponent(true, (ByteBuf) part));
        if (whole.readInt() != whole.readableBytes()) {
            throw new AssertionError("frame length differs from the bytes that follow it");
        }
        written.add(whole);
    }

    /** The correlation ids of the responses written, in order. */
    List<Integer> answered() {
        return written.stream().map(frame -> frame.getInt(frame.readerIndex())).toList();
    }

    void release() {
        written.forEach(ByteBuf::release);
        written.clear();
    }

    @Override
    public ByteBufAllocator allocator() {
        return UnpooledByteBufAllocator.DEFAULT;
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void progressed() {
        progress++;
    }

    @Override
    public long sequence() {
        return 0;
    }

    @Override
    public String id() {
        return "127.0.0.1:9092-127.0.0.1:50000-0";
    }

    @Override
    public InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public String listenerName() {
        return "PLAINTEXT";
    }

    @Override
    public SecurityProtocol securityProtocol() {
        return SecurityProtocol.PLAINTEXT;
    }

    @Override
    public String principal() {
        return "User:ANONYMOUS";
    }

    @Override
    public EventExecutor loop() {
        return loop;
    }

    @Override
    public @Nullable ClientSoftware clientSoftware() {
        return software;
    }

    @Override
    public void setClientSoftware(ClientSoftware declared) {
        software = declared;
    }

    @Override
    public void close(String why) {
        closedBecause.add(why);
    }
}
