package io.ottla.broker.bootstrap;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import io.ottla.broker.config.NetworkConfig;
import io.ottla.broker.network.NetworkLoops;
import io.ottla.broker.network.PeerNetwork;
import io.ottla.controller.zk.ZooKeeperSession;
import io.ottla.storage.file.LogDirectory;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Time and threads of a broker process.
 *
 * @param loops serve connections and own partitions
 * @param control the one loop of everything about ZooKeeper and the controller
 * @param workers for what blocks; {@code num.io.threads} of them, which end when there is nothing to do
 */
record Foundation(NetworkLoops loops, EventExecutor control, ThreadPoolExecutor workers, Ticker ticker, Clock clock)
        implements AutoCloseable {
    private static final long IDLE_WORKER_SECONDS = 30;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    static Foundation start(NetworkConfig config) {
        // Bounded by those who hand work over: each request in flight and each log has at most a few tasks here.
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                config.ioThreads(),
                config.ioThreads(),
                IDLE_WORKER_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("worker", true));
        workers.allowCoreThreadTimeOut(true);
        return new Foundation(
                NetworkLoops.start(
                        loopCount(config.networkThreads(), Runtime.getRuntime().availableProcessors())),
                new DefaultEventExecutor(new DefaultThreadFactory("control", true)),
                workers,
                Ticker.systemTicker(),
                Clock.systemUTC());
    }

    /**
     * A partition belongs to one loop, and a request that arrives on another costs two wake-ups: on a small machine fewer
     * loops do the same work for less. What blocks is done by the workers, which have the other processors.
     *
     * @param configured {@code num.network.threads}, never exceeded
     */
    static int loopCount(int configured, int processors) {
        return Math.min(configured, Math.max(1, processors / 2));
    }

    /** Has so many workers from now on; those that are too many end with what they are at. */
    void setWorkerCount(int count) {
        // At no moment may there be more core threads than threads.
        if (count > workers.getMaximumPoolSize()) {
            workers.setMaximumPoolSize(count);
            workers.setCorePoolSize(count);
        } else {
            workers.setCorePoolSize(count);
            workers.setMaximumPoolSize(count);
        }
    }

    /** These threads and this time, as a broker reaches them. */
    BrokerPorts ports(List<? extends LogDirectory> directories, ZooKeeperSession session, PeerNetwork network) {
        return new BrokerPorts(
                new BrokerPorts.Threads(loops.executors(), control, workers, loops.allocator()),
                ticker,
                clock,
                new SecureRandom(),
                directories,
                session,
                network);
    }

    /** Lets everything that is queued run, then ends the threads. */
    @Override
    public void close() {
        control.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_TIMEOUT_MS);
        workers.shutdown();
        try {
            if (!workers.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        loops.close();
    }
}
