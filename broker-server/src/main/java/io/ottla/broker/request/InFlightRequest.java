package io.ottla.broker.request;

import io.netty.buffer.ByteBuf;
import io.ottla.protocol.message.RequestHeader;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request between its frame and its response. Its result is confined to the connection's event loop; what it holds
 * may be released from any thread, once.
 */
final class InFlightRequest implements RequestContext, BiConsumer<@Nullable ApiMessage, @Nullable Throwable> {

    private final RequestPipeline pipeline;
    private final RequestHandler<ApiMessage, ApiMessage> handler;
    private final RequestHeader header;
    private final ApiMessage request;
    private final AtomicReference<@Nullable HeldFrame> held;

    private boolean complete;
    private @Nullable ApiMessage response;

    /** What the request keeps from others: its count of request memory, and its frame if records lie in it. */
    record HeldFrame(
            RequestMemory memory, int bytes, @Nullable ByteBuf frame) {

        void release() {
            if (frame != null) {
                frame.release();
            }
            memory.release(bytes);
        }
    }

    InFlightRequest(
            RequestPipeline pipeline,
            RequestHandler<ApiMessage, ApiMessage> handler,
            RequestHeader header,
            ApiMessage request,
            HeldFrame held) {
        this.pipeline = pipeline;
        this.handler = handler;
        this.header = header;
        this.request = request;
        this.held = new AtomicReference<>(held);
    }

    RequestHandler<ApiMessage, ApiMessage> handler() {
        return handler;
    }

    ApiMessage request() {
        return request;
    }

    boolean isComplete() {
        return complete;
    }

    /** The response, once complete; null when there is none to send. */
    @Nullable
    ApiMessage response() {
        return response;
    }

    void complete(@Nullable ApiMessage answer) {
        complete = true;
        response = answer;
    }

    /** The end of the handler's stage, on whatever thread. */
    @Override
    public void accept(@Nullable ApiMessage answer, @Nullable Throwable failure) {
        pipeline.onHandled(this, answer, failure);
    }

    @Override
    public ClientConnection connection() {
        return pipeline.connection();
    }

    @Override
    public short apiVersion() {
        return header.requestApiVersion();
    }

    @Override
    public int correlationId() {
        return header.correlationId();
    }

    @Override
    public @Nullable String clientId() {
        return header.clientId();
    }

    @Override
    public void releaseRequest() {
        HeldFrame last = held.getAndSet(null);
        if (last != null) {
            last.release();
        }
    }

    /** For the log. */
    @Override
    public String toString() {
        return "%s version %d, correlation id %d, client id %s, connection %s"
                .formatted(handler.apiKey(), apiVersion(), correlationId(), clientId(), connectionId());
    }
}
