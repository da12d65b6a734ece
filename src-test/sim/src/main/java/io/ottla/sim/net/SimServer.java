package io.ottla.sim.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.ottla.broker.config.SecurityProtocol;
import io.ottla.broker.request.ClientConnection;
import io.ottla.broker.request.RequestPipeline;
import io.ottla.broker.request.RequestServices;
import io.ottla.broker.request.ResponseSink;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.sim.world.SimLoop;
import io.ottla.sim.world.SimProcess;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A broker's listener: each connection has the real request pipeline, on one of the broker's loops. */
public final class SimServer implements SimNetwork.Listener {
    private static final int LENGTH_BYTES = 4;

    private final SimProcess process;
    private final List<EventExecutor> loops;
    private final RequestServices services;
    private boolean serving;
    private final Set<ServerEnd> ends = new LinkedHashSet<>();
    private int accepted;

    public SimServer(SimProcess process, List<EventExecutor> loops, RequestServices services) {
        this.process = process;
        this.loops = loops;
        this.services = services;
    }

    @Override
    public SimProcess process() {
        return process;
    }

    @Override
    public SimNetwork.Receiver accept(Connection connection) {
        ServerEnd end = new ServerEnd(connection, loops.get(accepted % loops.size()), accepted);
        accepted++;
        ends.add(end);
        return end;
    }

    /** Answers from now on; until then connections are accepted, and their requests wait. */
    public void serve() {
        serving = true;
        for (ServerEnd end : List.copyOf(ends)) {
            end.loop.execute(end::read);
        }
    }

    /** Hangs up on everybody. */
    public void close() {
        for (ServerEnd end : List.copyOf(ends)) {
            end.close("the broker shuts down");
        }
    }

    private final class ServerEnd implements SimNetwork.Receiver, ClientConnection, ResponseSink {
        private final Connection connection;
        private final EventExecutor loop;
        private final String id;
        private final int number;
        private final RequestPipeline pipeline;
        private final ArrayDeque<byte[]> unread = new ArrayDeque<>();
        private @Nullable ClientSoftware software;
        private boolean reading;
        private boolean closed;

        ServerEnd(Connection connection, EventExecutor loop, int number) {
            this.connection = connection;
            this.loop = loop;
            this.number = number;
            this.id = process.name() + "-" + connection.client().name() + "-" + number;
            this.pipeline = new RequestPipeline(services, this, this);
        }

        @Override
        public void onBytes(byte[] frame) {
            SimLoop.deliver(loop, () -> {
                unread.add(frame);
                read();
            });
        }

        private void read() {
            if (reading || !serving) {
                return;
            }
            reading = true;
            while (!closed && !unread.isEmpty() && pipeline.acceptsRequests()) {
                byte[] frame = unread.remove();
                if (!services.memory().tryReserve(frame.length - LENGTH_BYTES)) {
                    throw new IllegalStateException("request memory is used up: the load is too large for it");
                }
                pipeline.onFrame(Bytes.received(frame));
            }
            reading = false;
        }

        @Override
        public void onEnd() {
            SimLoop.deliver(loop, this::end);
        }

        private void end() {
            if (!closed) {
                closed = true;
                ends.remove(this);
                pipeline.onClosed();
                connection.closeByServer();
            }
        }

        @Override
        public ByteBufAllocator allocator() {
            return Bytes.ALLOCATOR;
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void write(MessageParts frame) {
            try {
                connection.sendToClient(Bytes.of(frame));
            } catch (UncheckedIOException e) {
                close("the log cannot be read: " + e.getMessage());
            }
        }

        @Override
        public void progressed() {
            read();
        }

        @Override
        public void close(String why) {
            process.note("closes " + id + ": " + why);
            if (loop.inEventLoop()) {
                end();
            } else {
                loop.execute(this::end);
            }
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public long sequence() {
            return number;
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
    }
}
