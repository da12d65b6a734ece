package io.ottla.process;

import java.util.concurrent.TimeUnit;

/** A rest between two looks at other processes, whose time cannot be advanced. */
public final class Rest {
    private static final long SHORT_MS = 20;

    private Rest() {}

    /** A short one. */
    public static void briefly() {
        ofMs(SHORT_MS);
    }

    /** One of {@code ms} milliseconds. */
    public static void ofMs(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for another process", e);
        }
    }
}
