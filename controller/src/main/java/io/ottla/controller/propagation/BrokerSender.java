package io.ottla.controller.propagation;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.schema.ApiMessage;
import java.util.ArrayDeque;
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
    private final ArrayDeque<Outgoing> queue = new ArrayDeque<>();
    private boolean sending;
    private boolean closed;
    private boolean complained;

    private record Outgoing(ApiMessage request, short version, CompletableFuture<BrokerAnswer> answer) {}

    BrokerSender(LiveBroker broker, PeerChannel channel, EventExecutor executor) {
        this.broker = broker;
        this.channel = channel;
        this.executor = executor;
    }

    LiveBroker broker() {
        return broker;
    }

    /** Queues a request; the answer comes on the executor and never fails. */
    CompletableFuture<BrokerAnswer> send(ApiMessage request, short version) {
        Outgoing outgoing = new Outgoing(request, version, new CompletableFuture<>());
        if (closed) {
            outgoing.answer.complete(new BrokerAnswer.Gone(broker.id()));
        } else {
            queue.addLast(outgoing);
            sendNext();
        }
        return outgoing.answer;
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
            complained = false;
            queue.removeFirst();
            outgoing.answer.complete(new BrokerAnswer.Answered(broker.id(), answer));
            sendNext();
            return;
        }
        if (!complained) {
            LOG.warn(
                    "Broker {} does not take {}; repeating it while the broker is registered",
                    broker.id(),
                    outgoing.request.getClass().getSimpleName(),
                    failure);
            complained = true;
        }
        var unused = executor.schedule(this::sendNext, RETRY_BACKOFF_MS, TimeUnit.MILLISECONDS);
    }

    void close() {
        closed = true;
        queue.forEach(outgoing -> outgoing.answer.complete(new BrokerAnswer.Gone(broker.id())));
        queue.clear();
        channel.close();
    }
}
