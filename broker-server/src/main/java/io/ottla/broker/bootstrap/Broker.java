package io.ottla.broker.bootstrap;

import io.ottla.broker.cli.BrokerLauncher.RunningBroker;
import io.ottla.broker.network.NetworkServer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker that serves; it owns all its parts until it is closed. */
final class Broker implements RunningBroker {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    /** How long requests in flight may take to be answered. */
    private static final long GRACE_MS = 500;

    /** How long ZooKeeper may take to be told that this broker leaves; the session ends later anyway. */
    private static final long LEAVE_TIMEOUT_MS = 1_000;

    private static final long CLOSE_TIMEOUT_S = 60;

    private final Foundation foundation;
    private final Coordination coordination;
    private final NetworkServer network;
    private final BrokerCore core;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean failed;

    Broker(Foundation foundation, Coordination coordination, NetworkServer network, BrokerCore core) {
        this.foundation = foundation;
        this.coordination = coordination;
        this.network = network;
        this.core = core;
    }

    @Override
    public void awaitShutdown() throws InterruptedException {
        closed.await();
    }

    @Override
    public boolean hasFailed() {
        return failed;
    }

    /** Stops because nothing can be served any more. Returns at once. */
    void fail() {
        failed = true;
        new Thread(this::close, "shutdown").start();
    }

    /** Stops serving, makes every log durable and marks the directories as clean, then leaves the cluster. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            awaitOther();
            return;
        }
        LOG.info("shutting down");
        long brokerEpoch = core.registration().brokerEpoch();
        // While this broker still serves: what it leads has a new leader before it is gone.
        await("the move of leadership", () -> core.moveLeadership(coordination::isConnected)
                .get(CLOSE_TIMEOUT_S, TimeUnit.SECONDS));
        if (coordination.isConnected()) {
            await("leaving the cluster", () -> core.leave().get(LEAVE_TIMEOUT_MS, TimeUnit.MILLISECONDS));
        }
        network.closeListeners();
        core.resign();
        network.close(GRACE_MS);
        await(
                "stopping of the replicas",
                () -> core.stopReplicas().toCompletableFuture().get(CLOSE_TIMEOUT_S, TimeUnit.SECONDS));
        await(
                "closing of the logs",
                () -> core.closeLogs(brokerEpoch).toCompletableFuture().get(CLOSE_TIMEOUT_S, TimeUnit.SECONDS));
        core.closePeers();
        coordination.close();
        foundation.close();
        LOG.info("shut down");
        closed.countDown();
    }

    /** Tells the operator whether this broker is part of its cluster, unless it leaves anyway. Any thread. */
    void onRegistrationChange() {
        if (!closing.get()) {
            StartReport.registrationChanged(core.registration().brokerEpoch());
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void await(String what, Step step) {
        try {
            step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.warn("{} did not end in time", what);
        } catch (Exception e) {
            LOG.warn("{} failed", what, e);
        }
    }

    private void awaitOther() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
