package io.ottla.sim.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * When clients are busy and when they are calm, in milliseconds since the faults began. Times of calm lie between times of
 * business, so that what takes time in a cluster (checkpoints, expiry, retention, rolled segments, idle connections) has it,
 * and costs little to simulate. Immutable.
 *
 * @param busyMs how long it is busy, altogether
 * @param calms sorted; they do not touch each other
 */
public record Tides(long busyMs, List<Calm> calms) {
    private static final long CALM_MIN_MS = 60_000;
    private static final int CALMS_MAX = 6;

    /** From one time on, until another one, exclusive. */
    public record Calm(long fromMs, long toMs) {}

    /** Copies what it is given. */
    public Tides {
        calms = List.copyOf(calms);
    }

    static Tides of(Random random, long busyMs, long calmMs) {
        int count = (int) Math.min(1 + random.nextInt(CALMS_MAX), calmMs / CALM_MIN_MS);
        long[] at = new long[count];
        for (int i = 0; i < count; i++) {
            at[i] = (long) (random.nextDouble() * busyMs);
        }
        Arrays.sort(at);
        List<Calm> calms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // At least a moment of business lies between two of them.
            long fromMs = at[i] + i * (calmMs / count) + i;
            calms.add(new Calm(fromMs, fromMs + calmMs / count));
        }
        return new Tides(busyMs, calms);
    }

    /** How long the faults go on. */
    long faultyMs() {
        return busyMs + calmMs();
    }

    /** How long it is calm, altogether. */
    public long calmMs() {
        return calms.stream().mapToLong(calm -> calm.toMs - calm.fromMs).sum();
    }

    /** The time at which it has been busy for so long. */
    long whenBusy(long afterMs) {
        long atMs = afterMs;
        for (Calm calm : calms) {
            if (calm.fromMs <= atMs) {
                atMs += calm.toMs - calm.fromMs;
            }
        }
        return atMs;
    }

    /** Any time. */
    long anywhere(long seed) {
        return (long) (new Random(seed).nextDouble() * faultyMs());
    }
}
