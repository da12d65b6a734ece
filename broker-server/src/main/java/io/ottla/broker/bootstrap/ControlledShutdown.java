package io.ottla.broker.bootstrap;

import io.netty.util.concurrent.EventExecutor;
import io.ottla.protocol.api.PeerChannel;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.message.ControlledShutdownRequest;
import io.ottla.protocol.message.ControlledShutdownResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the controller to move leadership away from this broker, so that clients find new leaders before the old ones are
 * gone. Confined to the timer's thread but for {@link #request}; used once.
 */
final class ControlledShutdown {
    private static final Logger LOG = LoggerFactory.getLogger(ControlledShutdown.class);
    private static final short VERSION = 3;
    /** Pause while there is no controller to be reached: a new one is elected soon. */
    private static final long NO_CONTROLLER_PAUSE_MS = 100;
    /** Pauses while partitions remain double from this to the configured one: mostly the reason is gone soon. */
    private static final long FIRST_PAUSE_MS = 250;

    /** How long the last repetition may take. */
    private static final long LAST_ANSWER_MS = 2_000;

    private final PeerChannel controller;
    private final Settings settings;
    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final EventExecutor timer;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private final BooleanSupplier isAlone;
    private long pauseMs = FIRST_PAUSE_MS;
    private long pausedMs;

    /**
     * The {@code controlled.shutdown.*} properties. As many retries as there may be, each after the whole pause, are the time
     * that all pauses together may take.
     */
    record Settings(boolean enabled, int maxRetries, long retryBackoffMs) {}

    /**
     * @param brokerEpoch negative while this broker is not registered, when nobody leads here by right
     * @param isAlone whether no other broker is alive that could take over
     */
    ControlledShutdown(
            PeerChannel controller,
            Settings settings,
            int brokerId,
            LongSupplier brokerEpoch,
            BooleanSupplier isAlone,
            EventExecutor timer) {
        this.controller = controller;
        this.settings = settings;
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.isAlone = isAlone;
        this.timer = timer;
    }

    /**
     * Completes when this broker leads nothing that another one could lead; or with false when it gives up, no later than
     * all repetitions could take.
     */
    CompletableFuture<Boolean> request() {
        if (!settings.enabled() || brokerEpoch.getAsLong() < 0) {
            return CompletableFuture.completedFuture(false);
        }
        long patienceMs = settings.maxRetries() * settings.retryBackoffMs() + LAST_ANSWER_MS;
        var deadline = timer.schedule(() -> giveUp("no controller has answered"), patienceMs, TimeUnit.MILLISECONDS);
        timer.execute(this::attempt);
        return done.whenComplete((moved, failure) -> deadline.cancel(false));
    }

    private void attempt() {
        if (done.isDone()) {
            return;
        }
        ControlledShutdownRequest request =
                new ControlledShutdownRequest().setBrokerId(brokerId).setBrokerEpoch(brokerEpoch.getAsLong());
        CompletableFuture<ControlledShutdownResponse> sent = controller.send(request, VERSION);
        var unused = sent.whenCompleteAsync(this::onAnswer, timer);
    }

    private void onAnswer(@Nullable ControlledShutdownResponse response, @Nullable Throwable failure) {
        if (response == null || response.errorCode() == ErrorCode.NOT_CONTROLLER.code()) {
            awaitController(failure);
        } else if (response.errorCode() != ErrorCode.NONE.code()) {
            repeat("the controller says " + ErrorCode.forCode(response.errorCode()));
        } else if (!response.remainingPartitions().isEmpty()) {
            repeat(response.remainingPartitions().size() + " partitions have no other replica in sync");
        } else {
            done.complete(true);
        }
    }

    private void awaitController(@Nullable Throwable failure) {
        LOG.debug("no controller answers; next attempt in {} ms", NO_CONTROLLER_PAUSE_MS, failure);
        var unused = timer.schedule(this::attempt, NO_CONTROLLER_PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void repeat(String why) {
        if (isAlone.getAsBoolean()) {
            giveUp("no other broker is alive");
            return;
        }
        long pause = Math.min(pauseMs, settings.retryBackoffMs());
        if (pausedMs + pause > settings.maxRetries() * settings.retryBackoffMs()) {
            giveUp(why);
            return;
        }
        pausedMs += pause;
        pauseMs *= 2;
        LOG.info("leadership is not moved yet: {}; next attempt in {} ms", why, pause);
        var unused = timer.schedule(this::attempt, pause, TimeUnit.MILLISECONDS);
    }

    private void giveUp(String why) {
        if (done.complete(false)) {
            LOG.warn("shutting down without moving leadership: {}", why);
        }
    }
}
