package io.ottla.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.config.Endpoint;
import io.ottla.broker.config.SecurityProtocol;
import io.ottla.broker.request.ClientConnection;
import io.ottla.broker.request.RequestPipeline;
import io.ottla.broker.request.ResponseSink;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.storage.file.FileRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One accepted connection: bytes to frames to the request pipeline, and its responses back. Confined to the connection's
 * event loop, except what {@link ClientConnection} says.
 *
 * <p>Reading stops at the next frame when too much of the connection is in flight, when request memory is used up, or
 * when the client does not read its responses. Responses are flushed once per burst of reads, or once for all that
 * complete in the same turn of the loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails reaches exceptionCaught; a close does not fail.
final class ConnectionHandler extends ChannelInboundHandlerAdapter
        implements ClientConnection, ResponseSink, FrameReader.Sink {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

    private static final String ANONYMOUS = "User:ANONYMOUS";

    private final Channel channel;
    private final EventExecutor loop;
    private final Endpoint listener;
    private final ConnectionServices services;
    private final long sequence;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final FrameReader frames;
    private final RequestPipeline pipeline;

    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    private volatile @Nullable ClientSoftware software;
    private boolean inReadBurst;
    private boolean hasUnflushed;
    private boolean flushScheduled;
    private boolean stopped;
    private boolean awaitsMemory;
    private boolean closeWhenAnswered;
    private boolean closing;
    private long lastActivityNs;

    ConnectionHandler(Channel channel, Endpoint listener, ConnectionServices services, long sequence) {
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.listener = listener;
        this.services = services;
        this.local = (InetSocketAddress) channel.localAddress();
        this.remote = (InetSocketAddress) channel.remoteAddress();
        this.sequence = sequence;
        this.frames = new FrameReader(this, channel.alloc(), services.settings().socketRequestMaxBytes());
        this.pipeline = new RequestPipeline(services.requests(), this, this);
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    FrameReader frames() {
        return frames;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        services.connections().add(this);
        lastActivityNs = services.ticker().nanoTime();
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closing = true;
        services.connections().remove(this);
        services.limits().remove(remote.getAddress());
        frames.close();
        pipeline.onClosed();
        ended.complete(null);
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        inReadBurst = true;
        frames.read((ByteBuf) bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        inReadBurst = false;
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            pipeline.onWritable();
            resumeReading();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("Connection {} broke", id(), cause);
        } else {
            LOG.error("Closing the connection {} after an unexpected failure", id(), cause);
        }
        closing = true;
        channel.close();
    }

    // --- frames in

    @Override
    public boolean acceptsFrames() {
        boolean accepts = !closeWhenAnswered && pipeline.acceptsRequests();
        if (!accepts) {
            stopReading();
        }
        return accepts;
    }

    @Override
    public boolean admit(int frameBytes) {
        if (services.requests().memory().tryReserve(frameBytes)) {
            return true;
        }
        stopReading();
        if (!awaitsMemory) {
            awaitsMemory = true;
            services.requests().memory().await(this::onMemoryFree);
        }
        return false;
    }

    @Override
    public void abandon(int frameBytes) {
        services.requests().memory().release(frameBytes);
    }

    @Override
    public void onFrame(ByteBuf frame) {
        pipeline.onFrame(frame);
    }

    @Override
    public void onBadLength(int length) {
        String guess = ForeignProtocol.guess(length);
        String expected;
        if (length < 0) {
            expected = "is negative";
        } else if (length < FrameReader.MIN_FRAME_BYTES) {
            expected = "is shorter than a request header";
        } else {
            expected = "exceeds socket.request.max.bytes " + services.settings().socketRequestMaxBytes();
        }
        close("frame length %d from %s %s%s"
                .formatted(length, remote, expected, guess == null ? "" : " (" + guess + ")"));
    }

    private void stopReading() {
        if (!stopped) {
            stopped = true;
            channel.config().setAutoRead(false);
        }
    }

    private void resumeReading() {
        if (!stopped || closing || closeWhenAnswered || !pipeline.acceptsRequests()) {
            return;
        }
        stopped = false;
        frames.resume();
        if (!stopped && !closing) {
            channel.config().setAutoRead(true);
        }
    }

    private void onMemoryFree() {
        executeUnlessEnded(() -> {
            awaitsMemory = false;
            if (stopped && !closing) {
                resumeReading();
            }
            if (!awaitsMemory) {
                services.requests().memory().wakeNext();
            }
        });
    }

    /** The loop ends after its connections, so what comes later has nothing left to do. */
    private void executeUnlessEnded(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.trace("The event loop of {} has ended", id(), e);
        }
    }

    // --- responses out

    @Override
    public ByteBufAllocator allocator() {
        return channel.alloc();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void write(MessageParts frame) {
        hasUnflushed = true;
        for (Object part : frame.parts()) {
            channel.write(part instanceof FileRange range ? region(range) : part, channel.voidPromise());
        }
    }

    /** A frame that cannot be completed leaves the client nothing to understand, so its connection ends. */
    private Object region(FileRange range) {
        try {
            return FileRangeRegion.of(range, channel.alloc());
        } catch (IOException e) {
            close("the log cannot be read: " + e.getMessage());
            return Unpooled.EMPTY_BUFFER;
        }
    }

    @Override
    public void progressed() {
        if (hasUnflushed && !inReadBurst && !flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flush);
        }
        resumeReading();
        closeIfAnswered();
    }

    private void flush() {
        flushScheduled = false;
        lastActivityNs = services.ticker().nanoTime();
        if (hasUnflushed) {
            hasUnflushed = false;
            channel.flush();
        }
    }

    // --- the end

    @Override
    public void close(String why) {
        if (!loop.inEventLoop()) {
            executeUnlessEnded(() -> close(why));
            return;
        }
        if (closing) {
            return;
        }
        services.closedLog().warn(() -> "Closed the connection %s of listener %s: %s"
                .formatted(id(), listener.listenerName(), why));
        closeQuietly();
    }

    private void closeQuietly() {
        closing = true;
        frames.close();
        flush();
        channel.close();
    }

    /** Takes no further request and closes once what is in flight is answered. Any thread. */
    void closeWhenAnswered() {
        executeUnlessEnded(() -> {
            closeWhenAnswered = true;
            stopReading();
            closeIfAnswered();
        });
    }

    private void closeIfAnswered() {
        if (closeWhenAnswered && !closing && pipeline.inFlight() == 0) {
            closing = true;
            frames.close();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Closes at once, whatever is in flight. Any thread. */
    void closeNow() {
        channel.close();
    }

    /** Completes when the connection is closed. Any thread. */
    CompletableFuture<?> ended() {
        return ended;
    }

    /** Closes the connection if it has been silent for so long, and is not waiting for an answer. */
    void closeIfIdle(long limitNs) {
        long idleNs = services.ticker().nanoTime() - lastActivityNs;
        boolean awaitsAnswer = pipeline.inFlight() > 0 && channel.isWritable();
        if (idleNs >= limitNs && !awaitsAnswer && !closing) {
            LOG.debug("Closing the connection {}, idle for {} ms", id(), TimeUnit.NANOSECONDS.toMillis(idleNs));
            closeQuietly();
        }
    }

    // --- what handlers may know

    @Override
    public String id() {
        return text(local) + "-" + text(remote) + "-" + sequence;
    }

    @Override
    public long sequence() {
        return sequence;
    }

    @Override
    public InetAddress clientAddress() {
        return remote.getAddress();
    }

    @Override
    public String listenerName() {
        return listener.listenerName();
    }

    @Override
    public SecurityProtocol securityProtocol() {
        return listener.protocol();
    }

    @Override
    public String principal() {
        return ANONYMOUS;
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
}
