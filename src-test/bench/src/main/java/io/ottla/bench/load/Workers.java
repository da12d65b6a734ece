package io.ottla.bench.load;

import io.ottla.bench.load.LoadSpec.Timing;
import io.ottla.bench.os.Usage;
import io.ottla.bench.os.UsageMeter;
import io.ottla.bench.os.UsageMeter.Processes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The threads of a load. The first failure of one of them is the failure of the load. Confined to the load's thread. */
final class Workers implements AutoCloseable {
    private static final long FIRST_NS = TimeUnit.MINUTES.toNanos(1);
    private static final long LOOK_MS = 5;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    private volatile boolean running = true;

    /** What one thread does until {@link #running} is false. */
    interface Work {
        void run() throws Exception;
    }

    /** False once the work shall end; for the threads to ask. */
    boolean running() {
        return running;
    }

    /** Whether the load fails already; for the threads to ask. */
    boolean hasFailed() {
        return failure.get() != null;
    }

    /** Ends the load with this failure. Any thread. */
    void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
        failed.countDown();
    }

    void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        fail(e);
                    }
                },
                name);
        threads.add(thread);
        thread.start();
    }

    /** Waits for the first thing done, lets the threads warm up from then on, then counts what they do. */
    LoadResult measure(Timing timing, Processes processes, Counters counters) throws Exception {
        long deadlineNs = System.nanoTime() + FIRST_NS;
        while (counters.now().isNothing()) {
            if (System.nanoTime() > deadlineNs) {
                throw new IllegalStateException("the clients have done nothing within a minute");
            }
            sleep(LOOK_MS);
        }
        return measureFromNow(timing, processes, counters);
    }

    /** As {@link #measure}, but the warm-up begins at once: for loads with a timetable, or with nothing to count. */
    LoadResult measureFromNow(Timing timing, Processes processes, Counters counters) throws Exception {
        sleep(timing.warmupMs());
        UsageMeter meter = UsageMeter.start(processes);
        Counters.Counts start = counters.now();
        sleep(timing.measureMs());
        Counters.Counts done = counters.now().since(start);
        Usage usage = meter.stop();
        return new LoadResult(done.requests(), done.records(), done.bytes(), usage, Map.of(), Map.of());
    }

    /** Sleeps, or throws at once what has failed. */
    void sleep(long durationMs) throws Exception {
        if (failed.await(durationMs, TimeUnit.MILLISECONDS)) {
            throwFailure();
        }
    }

    private void throwFailure() {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("a client has failed: " + cause, cause);
        }
    }

    /** Lets the work end and waits for it. */
    @Override
    public void close() {
        running = false;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the clients end", e);
        }
        throwFailure();
    }
}
