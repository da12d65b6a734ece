package io.ottla.broker.request;

import io.netty.buffer.ByteBuf;
import io.ottla.broker.request.InFlightRequest.HeldFrame;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.api.Frames;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.message.RequestHeader;
import io.ottla.protocol.schema.ApiMessage;
import io.ottla.protocol.schema.MalformedMessageException;
import io.ottla.protocol.schema.MessageParts;
import io.ottla.protocol.schema.MessageReader;
import io.ottla.protocol.schema.RecentStrings;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one connection's requests: header, handler, version, body, handling, response. Confined to the connection's
 * event loop, except {@link #onHandled}.
 *
 * <p>Several requests are in flight at once; their responses are encoded and leave in the order in which the requests
 * came. A request that cannot be understood ends the connection, since nothing after it can be trusted.
 */
public final class RequestPipeline {

    private static final Logger LOG = LoggerFactory.getLogger(RequestPipeline.class);

    /** Where the API key and version lie in every frame, whatever its header's version. */
    private static final int VERSION_INDEX = Short.BYTES;

    private static final int KEY_AND_VERSION_BYTES = 2 * Short.BYTES;

    /** A slice of a read buffer this many times its size is copied rather than kept, for it keeps the whole buffer. */
    private static final int KEPT_SLICE_MAX_FACTOR = 4;

    /** Most connections have one request under way, or none: the queue grows where there are more. */
    private static final int EXPECTED_IN_FLIGHT = 1;

    private final RequestServices services;
    private final ClientConnection connection;
    private final ResponseSink sink;
    private final ArrayDeque<InFlightRequest> inFlight = new ArrayDeque<>(EXPECTED_IN_FLIGHT);
    private final RecentStrings strings;
    private boolean closed;

    public RequestPipeline(RequestServices services, ClientConnection connection, ResponseSink sink) {
        this.services = services;
        this.connection = connection;
        this.sink = sink;
        this.strings = services.strings().of(connection.loop());
    }

    /** Whether the next frame may come. */
    public boolean acceptsRequests() {
        return !closed && inFlight.size() < services.maxInFlight() && sink.isWritable();
    }

    /** The number of requests that are not answered yet. */
    public int inFlight() {
        return inFlight.size();
    }

    ClientConnection connection() {
        return connection;
    }

    /**
     * Takes a frame, without its length prefix, whose bytes the caller has reserved in the request memory; the
     * reservation passes to the pipeline, the frame stays the caller's.
     */
    public void onFrame(ByteBuf frame) {
        assert connection.loop().inEventLoop() : "not on the loop of " + connection.id();
        HeldFrame held = new HeldFrame(services.memory(), frame.readableBytes(), null);
        if (closed) {
            held.release();
            return;
        }
        int start = frame.readerIndex();
        try {
            receive(frame, held);
        } catch (MalformedMessageException e) {
            held.release();
            frame.readerIndex(start);
            reject("malformed " + describe(frame) + ": " + e.getMessage());
        } catch (Error e) {
            held.release();
            throw e;
        }
    }

    private void receive(ByteBuf frame, HeldFrame held) {
        if (frame.readableBytes() < KEY_AND_VERSION_BYTES) {
            throw new MalformedMessageException("frame has " + frame.readableBytes() + " bytes", 0);
        }
        short keyId = frame.getShort(frame.readerIndex());
        short version = frame.getShort(frame.readerIndex() + VERSION_INDEX);
        RequestHandler<ApiMessage, ApiMessage> handler = handler(keyId);
        if (handler == null) {
            held.release();
            reject(describe(frame) + " is not served");
        } else if (version >= handler.lowestVersion() && version <= handler.highestVersion()) {
            serve(frame, held, handler, version);
        } else if (handler.apiKey() == ApiKey.API_VERSIONS) {
            answerUnknownApiVersions(frame, held, handler);
        } else {
            held.release();
            reject("%s is not served, only versions %d to %d are"
                    .formatted(describe(frame), handler.lowestVersion(), handler.highestVersion()));
        }
    }

    /** A handler is registered under the API whose messages it takes, which the types cannot say. */
    @SuppressWarnings("unchecked")
    private @Nullable RequestHandler<ApiMessage, ApiMessage> handler(short keyId) {
        return (RequestHandler<ApiMessage, ApiMessage>) services.registry().handler(keyId);
    }

    private void serve(ByteBuf frame, HeldFrame held, RequestHandler<ApiMessage, ApiMessage> handler, short version) {
        ByteBuf kept = handler.apiKey() == ApiKey.PRODUCE ? keep(frame) : null;
        InFlightRequest exchange;
        try {
            ByteBuf bytes = kept != null ? kept : frame;
            MessageReader reader = new MessageReader(bytes, strings);
            RequestHeader header = Frames.readRequestHeader(bytes, reader);
            ApiMessage request = handler.apiKey().newRequest();
            request.read(reader, version);
            exchange = new InFlightRequest(
                    this, handler, header, request, new HeldFrame(held.memory(), held.bytes(), kept));
        } catch (RuntimeException | Error e) {
            if (kept != null) {
                kept.release();
            }
            if (e instanceof MalformedMessageException || e instanceof Error) {
                throw e;
            }
            throw undecodable(frame, e);
        }
        inFlight.add(exchange);
        handle(exchange);
    }

    private static MalformedMessageException undecodable(ByteBuf frame, Throwable cause) {
        LOG.error("The decoder failed on {} of {} bytes", describe(frame), frame.readableBytes(), cause);
        return new MalformedMessageException("the decoder failed with " + cause, frame.readerIndex());
    }

    /** The frame for as long as its records are needed: itself, or a copy when it is a sliver of a read buffer. */
    private ByteBuf keep(ByteBuf frame) {
        ByteBuf whole = frame;
        while (whole.unwrap() != null) {
            whole = whole.unwrap();
        }
        int size = frame.readableBytes();
        if (whole.capacity() > (long) size * KEPT_SLICE_MAX_FACTOR) {
            return sink.allocator().directBuffer(size, size).writeBytes(frame, frame.readerIndex(), size);
        }
        return frame.retain();
    }

    private void answerUnknownApiVersions(
            ByteBuf frame, HeldFrame held, RequestHandler<ApiMessage, ApiMessage> handler) {
        RequestHeader header = Frames.readRequestHeader(frame);
        header.setRequestApiVersion((short) 0);
        InFlightRequest exchange =
                new InFlightRequest(this, handler, header, handler.apiKey().newRequest(), held);
        inFlight.add(exchange);
        onHandled(exchange, services.registry().apiVersions().unsupportedVersion(), null);
    }

    private void handle(InFlightRequest exchange) {
        CompletionStage<@Nullable ApiMessage> stage;
        try {
            stage = Objects.requireNonNull(
                    exchange.handler().handle(exchange, exchange.request()), "the handler returned no stage");
        } catch (RuntimeException | Error e) {
            onHandled(exchange, null, e);
            return;
        }
        if (stage instanceof CompletableFuture<@Nullable ApiMessage> done
                && done.isDone()
                && !done.isCompletedExceptionally()) {
            onHandled(exchange, done.getNow(null), null);
        } else {
            stage.whenComplete(exchange);
        }
    }

    /** The end of a handler's stage; on any thread. */
    void onHandled(InFlightRequest exchange, @Nullable ApiMessage answer, @Nullable Throwable failure) {
        exchange.releaseRequest();
        if (connection.loop().inEventLoop()) {
            complete(exchange, answer, failure);
            return;
        }
        try {
            connection.loop().execute(() -> complete(exchange, answer, failure));
        } catch (RejectedExecutionException e) {
            LOG.debug("Dropped the answer to {}: the event loop has ended", exchange, e);
            discard(answer);
        }
    }

    /** Lets nothing through to the handler's stage, which would swallow it and leave the client waiting. */
    private void complete(InFlightRequest exchange, @Nullable ApiMessage answer, @Nullable Throwable failure) {
        try {
            answerInTurn(exchange, answer, failure);
        } catch (RuntimeException | Error e) {
            LOG.error("Unexpected failure while answering {}", exchange, e);
            reject("the answer to " + exchange + " failed");
        }
    }

    private void answerInTurn(InFlightRequest exchange, @Nullable ApiMessage answer, @Nullable Throwable failure) {
        if (closed) {
            discard(answer);
            return;
        }
        ApiMessage response = failure == null ? answer : errorResponse(exchange, failure);
        if (closed) {
            discard(response);
            return;
        }
        exchange.complete(response);
        drain();
    }

    private @Nullable ApiMessage errorResponse(InFlightRequest exchange, Throwable failure) {
        Throwable cause = StageFailure.cause(failure);
        ErrorCode code = ErrorCode.UNKNOWN_SERVER_ERROR;
        String message = null;
        if (cause instanceof ApiException expected) {
            code = expected.error();
            message = expected.getMessage();
        } else {
            LOG.error("Unexpected failure of {}", exchange, cause);
        }
        ApiMessage response = null;
        try {
            response = exchange.handler().errorResponse(exchange.request(), code, message);
        } catch (RuntimeException e) {
            LOG.error("No error response for {} after {}", exchange, code, e);
        }
        if (response == null) {
            reject(exchange + " failed with " + code + " and has no response to say so");
        }
        return response;
    }

    /** Sends what is complete, in order, as far as the client keeps up. */
    private void drain() {
        boolean progressed = false;
        InFlightRequest head;
        while (!closed && sink.isWritable() && (head = inFlight.peek()) != null && head.isComplete()) {
            inFlight.remove();
            progressed = true;
            send(head);
        }
        if (progressed && !closed) {
            sink.progressed();
        }
    }

    private void send(InFlightRequest exchange) {
        ApiMessage response = exchange.response();
        if (response == null) {
            return;
        }
        MessageParts frame = null;
        try {
            frame = Frames.writeResponse(sink.allocator(), response, exchange.apiVersion(), exchange.correlationId());
        } catch (RuntimeException e) {
            LOG.error("The response to {} cannot be encoded", exchange, e);
        } finally {
            response.releaseRecords();
        }
        if (frame != null) {
            sink.write(frame);
        } else {
            reject("the response to " + exchange + " cannot be encoded");
        }
    }

    /** The client has caught up with what was sent to it. */
    public void onWritable() {
        drain();
    }

    /**
     * The connection is gone. Handlers still running keep their frames until their stages complete; their answers are
     * dropped.
     */
    public void onClosed() {
        if (closed) {
            return;
        }
        closed = true;
        for (InFlightRequest exchange : inFlight) {
            if (exchange.isComplete()) {
                discard(exchange.response());
            }
        }
        inFlight.clear();
    }

    private static void discard(@Nullable ApiMessage response) {
        if (response != null) {
            response.releaseRecords();
        }
    }

    private void reject(String why) {
        onClosed();
        connection.close(why);
    }

    private static String describe(ByteBuf frame) {
        if (frame.readableBytes() < KEY_AND_VERSION_BYTES) {
            return "frame";
        }
        short keyId = frame.getShort(frame.readerIndex());
        ApiKey key = ApiKey.forId(keyId);
        short version = frame.getShort(frame.readerIndex() + VERSION_INDEX);
        return (key != null ? key : "request of unknown API key " + keyId) + " version " + version;
    }
}
