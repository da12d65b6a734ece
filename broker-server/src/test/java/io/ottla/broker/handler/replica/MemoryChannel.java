package io.ottla.broker.handler.replica;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.ottla.broker.handler.TestContext;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.api.Frames;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.protocol.schema.RecordBytes;
import io.ottla.storage.file.FileRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A connection between two brokers of a {@link ReplicaCluster}: messages are encoded and decoded as on the wire, the
 * requests taken up in order on a loop of the target, the responses given back in order on a loop of the source.
 */
final class MemoryChannel implements PeerChannel {

    private final ReplicaCluster cluster;
    private final ClusterBroker source;
    private final ClusterBroker target;
    private final Deque<Exchange> inFlight = new ArrayDeque<>();
    private boolean closed;

    private static final class Exchange {
        final CompletableFuture<ApiMessage> future = new CompletableFuture<>();
        final ApiKey key;
        final short version;
        byte[] response = {};
        boolean answered;

        Exchange(ApiKey key, short version) {
            this.key = key;
            this.version = version;
        }
    }

    MemoryChannel(ReplicaCluster cluster, ClusterBroker source, ClusterBroker target) {
        this.cluster = cluster;
        this.source = source;
        this.target = target;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R extends ApiMessage> CompletableFuture<R> send(ApiMessage request, short version) {
        ApiKey key = keyOf(request);
        Exchange exchange = new Exchange(key, version);
        if (closed || !cluster.isLinked(source.id, target.id)) {
            source.loops
                    .get(0)
                    .execute(() -> exchange.future.completeExceptionally(new PeerUnreachableException("cut")));
            return (CompletableFuture<R>) exchange.future;
        }
        inFlight.add(exchange);
        byte[] bytes = bytesOf(Frames.writeRequest(ByteBufAllocator.DEFAULT, request, version, 1, "peer"));
        cluster.sent(source.id, target.id, request);
        target.loops.get(0).execute(() -> take(exchange, bytes));
        return (CompletableFuture<R>) exchange.future;
    }

    private void take(Exchange exchange, byte[] bytes) {
        ByteBuf frame = Unpooled.wrappedBuffer(bytes).skipBytes(Integer.BYTES);
        Frames.readRequestHeader(frame);
        ApiMessage request = exchange.key.newRequest();
        request.read(new MessageReader(frame), exchange.version);
        target.handle(request, new TestContext(exchange.version, target.loops.get(0)))
                .whenComplete((response, failure) -> {
                    if (failure != null || !target.alive) {
                        failAll();
                        return;
                    }
                    exchange.response =
                            bytesOf(Frames.writeResponse(ByteBufAllocator.DEFAULT, response, exchange.version, 1));
                    release(response);
                    exchange.answered = true;
                    source.loops.get(0).execute(this::giveBack);
                });
    }

    private void giveBack() {
        while (!inFlight.isEmpty() && inFlight.peek().answered) {
            Exchange exchange = inFlight.remove();
            if (closed || !cluster.isLinked(source.id, target.id)) {
                exchange.future.completeExceptionally(new PeerUnreachableException("cut"));
                continue;
            }
            // A pooled buffer that is gone after the dependent stages shows who has kept records without retaining
            // them.
            ByteBuf frame = ByteBufAllocator.DEFAULT
                    .buffer()
                    .writeBytes(exchange.response)
                    .skipBytes(Integer.BYTES);
            try {
                Frames.readResponseHeader(frame, exchange.key, exchange.version);
                ApiMessage response = exchange.key.newResponse();
                response.read(new MessageReader(frame), exchange.version);
                exchange.future.complete(response);
            } finally {
                frame.release();
            }
        }
    }

    /** The connection breaks. */
    void failAll() {
        source.loops.get(0).execute(() -> {
            Set<Exchange> failed = new HashSet<>(inFlight);
            inFlight.removeAll(failed);
            failed.forEach(exchange -> exchange.future.completeExceptionally(new PeerUnreachableException("broken")));
        });
    }

    @Override
    public void keepOpen(Runnable onRefused) {}

    @Override
    public void close() {
        closed = true;
        failAll();
    }

    private static ApiKey keyOf(ApiMessage request) {
        ApiKey key = ApiKey.forId(request.apiKey());
        if (key == null) {
            throw new AssertionError("no request: " + request);
        }
        return key;
    }

    private static void release(ApiMessage response) {
        if (response instanceof FetchResponse fetch) {
            fetch.responses().forEach(topic -> topic.partitions().forEach(data -> {
                RecordBytes records = data.records();
                if (records != null) {
                    records.release();
                }
            }));
        }
    }

    private static byte[] bytesOf(MessageParts message) {
        ByteBuf all = Unpooled.buffer();
        for (Object part : message.parts()) {
            if (part instanceof ByteBuf buffer) {
                all.writeBytes(buffer);
            } else if (part instanceof FileRange range) {
                try {
                    range.readInto(all, 0, range.sizeBytes());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        message.release();
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }
}
