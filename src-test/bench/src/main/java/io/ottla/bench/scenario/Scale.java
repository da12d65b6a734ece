package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadSpec.Timing;
import java.util.List;

/**
 * How long and how large: what distinguishes a quick run from a full one.
 *
 * @param name of the preset
 * @param rounds how often every broker takes its turn
 * @param times of the measurements
 * @param breadth how many variants of a scenario are measured
 * @param sizes of the data
 */
public record Scale(String name, Rounds rounds, Times times, Breadth breadth, Sizes sizes) {
    private static final long GB = 1_000_000_000L;
    private static final long MIB = 1L << 20;

    /**
     * How often every broker takes its turn.
     *
     * @param light in scenarios that take seconds
     * @param heavy in those that take minutes
     * @param noise of the light ones, how many the second Ottla takes part in
     */
    public record Rounds(int light, int heavy, int noise) {
        /** How often a scenario of this weight is run. */
        public int of(Scenario.Weight weight) {
            return weight == Scenario.Weight.HEAVY ? heavy : light;
        }

        /** Whether the noise is measured in this round: in a heavy scenario only if it is repeated at all. */
        public boolean measuresNoise(Scenario.Weight weight, int round) {
            return round <= noise && (weight == Scenario.Weight.LIGHT || heavy > 1);
        }
    }

    /**
     * Times of the measurements.
     *
     * @param cell of one measurement
     * @param brokerWarmupMs how long a fresh broker works before the first one, for its compilers
     */
    public record Times(Timing cell, long brokerWarmupMs) {
        /** The time of a load that is there for the broker's compilers only. */
        Timing brokerWarmup() {
            return new Timing(brokerWarmupMs, 0);
        }
    }

    /** How many variants of a scenario are measured. */
    public enum Breadth {
        /** The most telling ones. */
        NARROW,
        /** One thing changed at a time. */
        WIDE,
        /** All combinations. */
        MATRIX
    }

    /**
     * Sizes of the data.
     *
     * @param consumeBytes in the topic that is consumed
     * @param recoveryBytes on disk at the kill
     * @param coldBytes that the cold reader reads
     * @param cgroupBytes that the broker may use meanwhile
     * @param partitionCounts numbers of partitions to create
     * @param idleConnections how many
     */
    public record Sizes(
            long consumeBytes,
            long recoveryBytes,
            long coldBytes,
            long cgroupBytes,
            List<Integer> partitionCounts,
            int idleConnections) {}

    /**
     * All scenarios in a quarter of an hour, to see that everything runs. Brokers are hardly warm, and a cold Java broker costs
     * several times what a warm one does: ratios of processor time and latency from here say little.
     */
    public static Scale quick() {
        return new Scale(
                "quick",
                new Rounds(2, 1, 1),
                new Times(new Timing(700, 1_500), 4_000),
                Breadth.NARROW,
                new Sizes(GB / 2, 7 * GB / 10, 2 * GB, 1536 * MIB, List.of(1_000), 1_000));
    }

    /** What is published: warm brokers, all sizes, two rounds; about two hours. */
    public static Scale standard() {
        return new Scale(
                "standard",
                new Rounds(2, 1, 1),
                new Times(new Timing(6_000, 3_000), 20_000),
                Breadth.WIDE,
                new Sizes(GB, 10 * GB, 4 * GB, 1536 * MIB, List.of(1_000, 5_000), 5_000));
    }

    /** More rounds and longer measurements: some hours. */
    public static Scale full() {
        return new Scale(
                "full",
                new Rounds(5, 3, 5),
                new Times(new Timing(10_000, 20_000), 30_000),
                Breadth.WIDE,
                new Sizes(4 * GB, 10 * GB, 8 * GB, 1536 * MIB, List.of(1_000, 5_000), 5_000));
    }

    /** As many rounds of everything. */
    public Scale withRounds(int count) {
        return new Scale(name, new Rounds(count, count, count), times, breadth, sizes);
    }

    /** Measures for so long, and warms up for half of it. */
    public Scale withSeconds(int seconds) {
        Timing cell = new Timing(seconds * 500L, seconds * 1000L);
        return new Scale(name, rounds, new Times(cell, times.brokerWarmupMs), breadth, sizes);
    }

    public Scale withBreadth(Breadth other) {
        return new Scale(name, rounds, times, other, sizes);
    }

    /** The time of one measurement. */
    Timing timing() {
        return times.cell;
    }

    /** For the head of a report. */
    public String describe() {
        return String.format(
                "%s: %d rounds (%d of the long scenarios), each measurement %.1f s after %.1f s of warm-up, brokers warmed"
                        + " up for %.0f s before",
                name,
                rounds.light,
                rounds.heavy,
                times.cell.measureMs() / 1000.0,
                times.cell.warmupMs() / 1000.0,
                times.brokerWarmupMs / 1000.0);
    }
}
