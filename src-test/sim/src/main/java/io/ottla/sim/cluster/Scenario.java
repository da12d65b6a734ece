package io.ottla.sim.cluster;

import io.ottla.sim.client.SimTransfers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * What a seed decides before its world begins: how large the cluster is, who plays, and what will happen. Parts and incidents
 * can be taken out of it, the rest stays as it is. Immutable.
 *
 * @param tides when clients are busy, and how long incidents go on
 */
public record Scenario(long seed, Shape shape, Set<Part> parts, List<Incident> incidents, Tides tides) {
    private static final long SALT = 0x5ca1ab1eL;
    private static final int[] CLUSTER_SIZES = {3, 3, 3, 4, 5};
    private static final int[] TEMPI_MS = {150, 400, 400, 1_500, 1_500};
    private static final int[] FETCH_WAITS_MS = {500, 1_000, 2_000, 2_000};
    private static final long GAP_MIN_MS = 500;
    private static final int GAP_MAX_MS = 40_000;
    private static final int LAST_MIN_MS = 50;
    private static final int LAST_MAX_MS = 25_000;
    /** So many incidents are spread over all of the time, of which most may be calm. */
    private static final int CALM_ONE_IN = 6;

    /**
     * What the cluster is like.
     *
     * @param brokers how many there are
     * @param directories how many log directories each of them has
     * @param tempoMs the longest pause between two batches of a producer
     * @param fetchWaitMs how long a follower's fetch waits for records
     * @param cleans whether segments of internal topics are so small that the cleaner has work
     * @param transfers how those speak who write transactions
     */
    public record Shape(
            int brokers,
            int directories,
            int tempoMs,
            int fetchWaitMs,
            boolean cleans,
            SimTransfers.Protocol transfers) {
        private static Shape of(Random random, SimTransfers.Protocol transfers) {
            return new Shape(
                    CLUSTER_SIZES[random.nextInt(CLUSTER_SIZES.length)],
                    1 + random.nextInt(2),
                    TEMPI_MS[random.nextInt(TEMPI_MS.length)],
                    FETCH_WAITS_MS[random.nextInt(FETCH_WAITS_MS.length)],
                    random.nextBoolean(),
                    transfers);
        }
    }

    /** Copies what it is given. */
    public Scenario {
        parts = Collections.unmodifiableSortedSet(new TreeSet<>(parts));
        incidents = List.copyOf(incidents);
    }

    /** The scenario of a seed in which clients are busy all the time. */
    public static Scenario of(long seed, Set<Fault> allowed, long faultyMs) {
        return of(seed, allowed, faultyMs, 0);
    }

    /**
     * The scenario of a seed.
     *
     * @param allowed what may happen; which of it does depends on the seed
     * @param busyMs how long clients are busy, and most incidents happen
     * @param calmMs how long clients do little, in between
     */
    public static Scenario of(long seed, Set<Fault> allowed, long busyMs, long calmMs) {
        Random random = new Random(seed * SALT + SALT);
        // Half of the seeds have them; all else of a scenario does not depend on it.
        boolean bumping = new Random(~seed * SALT).nextBoolean();
        Shape shape = Shape.of(random, bumping ? SimTransfers.Protocol.BUMPING : SimTransfers.Protocol.ADDING);
        EnumSet<Part> parts = EnumSet.noneOf(Part.class);
        for (Part part : Part.values()) {
            if (random.nextBoolean()) {
                parts.add(part);
            }
        }
        List<Fault> enabled = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            boolean chosen = random.nextInt(3) > 0;
            if (chosen && allowed.contains(fault)) {
                enabled.add(fault);
            }
        }
        List<Incident> incidents = enabled.isEmpty() ? List.of() : incidents(random, enabled, shape.brokers(), busyMs);
        Tides tides = Tides.of(new Random(seed * SALT - SALT), busyMs, calmMs);
        return new Scenario(seed, shape, parts, spread(incidents, tides), tides);
    }

    /** Moves incidents from busy time to where it is; some of them into a calm. */
    private static List<Incident> spread(List<Incident> incidents, Tides tides) {
        if (tides.calms().isEmpty()) {
            return incidents;
        }
        return incidents.stream()
                .map(incident -> incident.at(
                        incident.number() % CALM_ONE_IN == 0
                                ? tides.anywhere(incident.seed())
                                : tides.whenBusy(incident.atMs())))
                .sorted(Comparator.comparingLong(Incident::atMs))
                .toList();
    }

    private static List<Incident> incidents(Random random, List<Fault> enabled, int brokers, long busyMs) {
        List<Incident> incidents = new ArrayList<>();
        int gapMs = 1_000 + random.nextInt(GAP_MAX_MS);
        long atMs = GAP_MIN_MS + random.nextInt(gapMs);
        while (atMs < busyMs) {
            double x = random.nextDouble();
            incidents.add(new Incident(
                    incidents.size(),
                    atMs,
                    enabled.get(random.nextInt(enabled.size())),
                    1 + random.nextInt(brokers),
                    LAST_MIN_MS + (long) (LAST_MAX_MS * x * x * x),
                    random.nextLong()));
            atMs += GAP_MIN_MS + random.nextInt(gapMs);
        }
        return incidents;
    }

    /** Without the incidents whose numbers are not wanted. */
    public Scenario with(IntPredicate wanted) {
        List<Incident> kept = incidents.stream()
                .filter(incident -> wanted.test(incident.number()))
                .toList();
        return new Scenario(seed, shape, parts, kept, tides);
    }

    /** With other parts. */
    public Scenario withParts(Set<Part> wanted) {
        return new Scenario(seed, shape, wanted, incidents, tides);
    }
}
