package io.ottla.sim.client;

import io.ottla.sim.world.World;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Commits that nobody has confirmed. A broker may still have them in hand, and carry them out after later ones; not for ever: no
 * broker stands still so long.
 */
final class Doubts {
    private static final long LAST_MS = 60_000;

    private final World world;
    private final ArrayDeque<Doubt> doubts = new ArrayDeque<>();

    private record Doubt(int partition, long offset, long untilNs) {}

    Doubts(World world) {
        this.world = world;
    }

    void add(int partition, long offset) {
        doubts.add(new Doubt(partition, offset, world.nowNs() + TimeUnit.MILLISECONDS.toNanos(LAST_MS)));
    }

    /** What has to be found at least, given what was confirmed. */
    long floor(int partition, long confirmed) {
        while (!doubts.isEmpty() && doubts.getFirst().untilNs < world.nowNs()) {
            doubts.removeFirst();
        }
        long floor = confirmed;
        for (Doubt doubt : doubts) {
            if (doubt.partition == partition) {
                floor = Math.min(floor, doubt.offset);
            }
        }
        return floor;
    }
}
