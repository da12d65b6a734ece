package io.ottla.controller.propagation;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of requests to one broker, sent one at a time and each until it is answered. Confined to the controller's
 * executor. It lasts as long as the broker's registration, which bounds it.
 */
final class BrokerSender {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerSender.class);
    private static final long RETRY_BACKOFF_MS = 100;

    private final LiveBroker broker;
    private final PeerChannel channel;
    private final EventExecutor executor;
    private final List<BrokerListener> listeners;
    private final ArrayDeque<Outgoing> queue = new ArrayDeque<>();
    private boolean sending;
    private boolean closed;
    private boolean complained;

    private record Outgoing(ApiMessage request, short version, Delivery delivery) {}

    BrokerSender(LiveBroker broker, PeerChannel channel, EventExecutor executor, List<BrokerListener> listeners) {
        this.broker = broker;
        this.channel = channel;
        this.executor = executor;
        this.listeners = listeners;
    }

    void onRefused() {
        if (!closed) {
            List.copyOf(listeners).forEach(listener -> listener.onRefused(broker));
        }
    }

    LiveBroker broker() {
        return broker;
    }

    /** Queues a request. */
    Delivery send(ApiMessage request, short version) {
        Outgoing outgoing = new Outgoing(request, version, Delivery.begin());
        if (closed) {
            outgoing.delivery.answer().complete(new BrokerAnswer.Gone(broker.id()));
            return outgoing.delivery;
        }
        queue.addLast(outgoing);
        if (complained) {
            outgoing.delivery.attempted().complete(null);
        }
        sendNext();
        return outgoing.delivery;
    }

    private void sendNext() {
        Outgoing next = queue.peekFirst();
        if (next != null && !sending && !closed) {
            sending = true;
            attempt(next);
        }
    }

    private void attempt(Outgoing outgoing) {
        CompletableFuture<ApiMessage> sent;
        try {
            sent = channel.send(outgoing.request, outgoing.version);
        } catch (RuntimeException e) {
            sent = CompletableFuture.failedFuture(e);
        }
        var unused = sent.whenCompleteAsync((answer, failure) -> onAnswer(outgoing, answer, failure), executor);
    }

    private void onAnswer(Outgoing outgoing, ApiMessage answer, @Nullable Throwable failure) {
        sending = false;
        if (closed) {
            return;
        }
        if (failure == null) {
            if (complained) {
                LOG.info("Broker {} takes requests again", broker.id());
                complained = false;
            }
            queue.removeFirst();
            List.copyOf(listeners).forEach(listener -> listener.onAnswer(broker, outgoing.request, answer));
            outgoing.delivery.answer().complete(new BrokerAnswer.Answered(broker.id(), answer));
            sendNext();
            return;
        }
        List.copyOf(listeners).forEach(listener -> listener.onRepeated(outgoing.request));
        if (!complained) {
            LOG.warn(
                    "Broker {} does not take {}; repeating it while the broker is registered: {}",
                    broker.id(),
                    outgoing.request.getClass().getSimpleName(),
                    failure.toString());
            complained = true;
        }
        queue.forEach(waiting -> waiting.delivery.attempted().complete(null));
        var unused = executor.schedule(this::sendNext, RETRY_BACKOFF_MS, TimeUnit.MILLISECONDS);
    }

    void close() {
        closed = true;
        queue.forEach(outgoing -> outgoing.delivery.answer().complete(new BrokerAnswer.Gone(broker.id())));
        queue.clear();
        channel.close();
    }
}
