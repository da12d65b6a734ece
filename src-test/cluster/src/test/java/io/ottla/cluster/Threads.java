package io.ottla.cluster;

import java.time.Duration;

/** Threads of a load. Public, because writers of other class loaders end theirs with it too. */
public final class Threads {
    private Threads() {}

    /** Waits for the end of a thread that has been told to end. */
    public static void join(Thread thread, Duration limit) {
        try {
            thread.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + thread.getName() + " ends", e);
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " does not end");
        }
    }
}
