package io.ottla.sim.client;

import io.ottla.sim.world.World;
import java.util.concurrent.TimeUnit;

/** How fast clients go: as they like, or, while it is calm, a small part as fast. Confined to the world's thread. */
public final class Pace {
    private static final int CALM_FACTOR = 30;
    private static final int FETCH_WAIT_MS = 2_000;
    /** Shorter than clients wait for an answer. */
    private static final int CALM_FETCH_WAIT_MS = 6_000;

    private final World world;
    private long calmUntilNs;

    public Pace(World world) {
        this.world = world;
    }

    /** It is calm for so long from now on. */
    public void calmFor(long durationMs) {
        calmUntilNs = world.nowNs() + TimeUnit.MILLISECONDS.toNanos(durationMs);
        world.trace().note("simulation", "it is calm for " + durationMs + " ms");
    }

    /** How long to wait, if it were {@code delayMs} in busy times; not much longer than the calm lasts. */
    long stretched(long delayMs) {
        long leftNs = calmUntilNs - world.nowNs();
        return leftNs <= 0 ? delayMs : Math.min(delayMs * CALM_FACTOR, delayMs + TimeUnit.NANOSECONDS.toMillis(leftNs));
    }

    /** How long a fetch may wait for records. */
    int fetchWaitMs() {
        return world.nowNs() < calmUntilNs ? CALM_FETCH_WAIT_MS : FETCH_WAIT_MS;
    }
}
