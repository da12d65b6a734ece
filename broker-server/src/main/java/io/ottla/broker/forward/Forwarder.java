package io.ottla.broker.forward;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.api.PeerUnreachableException;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;
import io.ottla.protocol.schema.ApiMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the controller, whoever that is, again and again while nobody is or nobody answers. Stateless; any
 * thread. A controller that dies may have carried out what is then repeated: clients see that something exists already,
 * or is gone.
 */
public final class Forwarder {
    /** What client ids of forwarded requests begin with. */
    public static final String CLIENT_ID_PREFIX = "forwarded-by-broker-";

    private static final long PAUSE_MIN_MS = 20;
    private static final long PAUSE_MAX_MS = 500;

    private final PeerChannel controller;
    private final EventExecutor timer;

    /** @param controller the way to whoever is the controller, with {@link #CLIENT_ID_PREFIX} in its client id */
    public Forwarder(PeerChannel controller, EventExecutor timer) {
        this.controller = controller;
        this.timer = timer;
    }

    /**
     * Completes with a controller's response, on any thread; or, after {@code timeoutMs}, with an {@link ApiException} of
     * NOT_CONTROLLER or REQUEST_TIMED_OUT. It is tried once at least.
     *
     * @param errorCode the code of the error that stands for all of a response
     * @param <R> the response class that belongs to the request
     */
    public <R extends ApiMessage> CompletableFuture<R> send(
            ApiMessage request, short version, long timeoutMs, ToIntFunction<R> errorCode) {
        long deadlineNs = timer.ticker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, timeoutMs));
        Call<R> call = new Call<>(request, version, deadlineNs, errorCode);
        call.attempt();
        return call.answer;
    }

    private final class Call<R extends ApiMessage> {
        final CompletableFuture<R> answer = new CompletableFuture<>();
        private final ApiMessage request;
        private final short version;
        private final long deadlineNs;
        private final ToIntFunction<R> errorCode;
        private long pauseMs = PAUSE_MIN_MS;

        Call(ApiMessage request, short version, long deadlineNs, ToIntFunction<R> errorCode) {
            this.request = request;
            this.version = version;
            this.deadlineNs = deadlineNs;
            this.errorCode = errorCode;
        }

        void attempt() {
            CompletableFuture<R> sent = controller.send(request, version);
            var unused = sent.whenComplete((response, failure) -> {
                ApiException obstacle = failure != null ? obstacle(failure) : obstacle(errorCode.applyAsInt(response));
                if (obstacle != null) {
                    retry(obstacle);
                } else if (failure != null) {
                    answer.completeExceptionally(failure);
                } else {
                    answer.complete(response);
                }
            });
        }

        private void retry(ApiException obstacle) {
            long remainingNs = deadlineNs - timer.ticker().nanoTime();
            if (remainingNs < TimeUnit.MILLISECONDS.toNanos(pauseMs)) {
                answer.completeExceptionally(obstacle);
                return;
            }
            var unused = timer.schedule(this::attempt, pauseMs, TimeUnit.MILLISECONDS);
            pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
        }
    }

    private static @Nullable ApiException obstacle(int errorCode) {
        return errorCode == ErrorCode.NOT_CONTROLLER.code()
                ? new ApiException(ErrorCode.NOT_CONTROLLER, "no broker is the controller now")
                : null;
    }

    /** What is worth another attempt, or null. */
    private static @Nullable ApiException obstacle(Throwable failure) {
        Throwable cause = StageFailure.cause(failure);
        if (cause instanceof PeerUnreachableException) {
            return new ApiException(
                    ErrorCode.REQUEST_TIMED_OUT, "the controller cannot be reached: " + cause.getMessage());
        }
        return cause instanceof ApiException api && api.error() == ErrorCode.NOT_CONTROLLER ? api : null;
    }
}
