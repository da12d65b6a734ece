package io.ottla.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Ticker;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.api.Frames;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.message.ResponseHeader;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MalformedMessageException;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The requests of one {@link PeerConnection} that wait for their responses, in the order of the wire. Confined to the
 * connection's loop, except {@link #pending}.
 */
final class PeerRequests {

    private final Ticker ticker;
    private final PeerSettings settings;
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private int lastCorrelationId;

    /** A request on its way; the correlation id is 0 until it is written. */
    static final class Pending {
        private final ApiMessage request;
        private final ApiKey key;
        private final short version;
        private final long deadlineNs;
        private final CompletableFuture<ApiMessage> response = new CompletableFuture<>();
        private int correlationId;

        private Pending(ApiMessage request, ApiKey key, short version, long deadlineNs) {
            this.request = request;
            this.key = key;
            this.version = version;
            this.deadlineNs = deadlineNs;
        }

        ApiKey key() {
            return key;
        }

        CompletableFuture<ApiMessage> response() {
            return response;
        }
    }

    PeerRequests(Ticker ticker, PeerSettings settings) {
        this.ticker = ticker;
        this.settings = settings;
    }

    /** Any thread. */
    Pending pending(ApiMessage request, short version) {
        ApiKey key = ApiKey.forId(request.apiKey());
        if (key == null) {
            throw new IllegalArgumentException(request.getClass().getSimpleName() + " is no request");
        }
        long timeoutNs = TimeUnit.MILLISECONDS.toNanos(settings.requestTimeoutMs());
        return new Pending(request, key, version, ticker.nanoTime() + timeoutNs);
    }

    void add(Pending pending) {
        waiting.addLast(pending);
    }

    void remove(Pending pending) {
        waiting.remove(pending);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean isFull() {
        return waiting.size() >= settings.maxInFlight();
    }

    /** How long the oldest request may still wait; not positive when its time is over. */
    long headDelayNs() {
        return waiting.element().deadlineNs - ticker.nanoTime();
    }

    /** Safe against changes by {@code action}. */
    void forEachUnwritten(Consumer<Pending> action) {
        for (Pending pending : List.copyOf(waiting)) {
            if (pending.correlationId == 0) {
                action.accept(pending);
            }
        }
    }

    /** Gives the request its correlation id, and encodes it. */
    MessageParts encode(Pending pending, ByteBufAllocator allocator) {
        lastCorrelationId = lastCorrelationId == Integer.MAX_VALUE ? 1 : lastCorrelationId + 1;
        pending.correlationId = lastCorrelationId;
        return Frames.writeRequest(
                allocator, pending.request, pending.version, pending.correlationId, settings.clientId());
    }

    /**
     * Completes the oldest request, and everything that depends on it, before the frame goes.
     *
     * @throws MalformedMessageException if the frame is not its response
     */
    void onResponse(ByteBuf frame) {
        Pending pending = waiting.peekFirst();
        if (pending == null) {
            throw new MalformedMessageException("a response that was not asked for", 0);
        }
        ApiMessage response = read(frame, pending);
        waiting.removeFirst();
        pending.response.complete(response);
    }

    private static ApiMessage read(ByteBuf frame, Pending pending) {
        ResponseHeader header = Frames.readResponseHeader(frame, pending.key, pending.version);
        if (header.correlationId() != pending.correlationId) {
            throw new MalformedMessageException(
                    "response with correlation id %d, expected %d of %s"
                            .formatted(header.correlationId(), pending.correlationId, pending.key),
                    0);
        }
        ApiMessage response = pending.key.newResponse();
        response.read(new MessageReader(frame), pending.version);
        if (frame.isReadable()) {
            throw new MalformedMessageException(
                    "%d bytes follow the response to %s version %d"
                            .formatted(frame.readableBytes(), pending.key, pending.version),
                    frame.readerIndex());
        }
        return response;
    }

    /** Dependents may send again at once; what they send is none of those that fail. */
    void failAll(PeerUnreachableException failure) {
        List<Pending> failed = new ArrayList<>(waiting);
        waiting.clear();
        for (Pending pending : failed) {
            pending.response.completeExceptionally(failure);
        }
    }
}
