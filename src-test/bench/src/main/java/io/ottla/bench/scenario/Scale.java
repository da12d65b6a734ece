package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadSpec.Timing;
import java.util.List;

/**
 * How long and how large: what distinguishes a quick run from a full one.
 *
 * @param name of the preset
 * @param rounds how often every broker takes its turn in a scenario
 * @param timing of one measurement
 * @param brokerWarmupMs how long a fresh broker works before the first measurement, for its compilers
 * @param wholeMatrix whether produce is measured in all combinations instead of one thing changed at a time
 * @param consumeBytes in the topic that is consumed
 * @param recoveryBytes on disk at the kill
 * @param coldBytes that the cold reader reads, and {@code cgroupBytes} that the broker may use meanwhile
 * @param partitionCounts numbers of partitions to create
 * @param idleConnections how many
 */
public record Scale(
        String name,
        int rounds,
        Timing timing,
        long brokerWarmupMs,
        boolean wholeMatrix,
        long consumeBytes,
        long recoveryBytes,
        long coldBytes,
        long cgroupBytes,
        List<Integer> partitionCounts,
        int idleConnections) {
    private static final long GB = 1_000_000_000L;
    private static final long MIB = 1L << 20;

    /** All scenarios in a quarter of an hour: enough to see a large difference. */
    public static Scale quick() {
        return new Scale(
                "quick",
                2,
                new Timing(2_000, 3_000),
                5_000,
                false,
                GB / 2,
                GB,
                2 * GB,
                1280 * MIB,
                List.of(1_000),
                1_000);
    }

    /** What the published figures come from: some hours. */
    public static Scale full() {
        return new Scale(
                "full",
                5,
                new Timing(10_000, 20_000),
                30_000,
                false,
                4 * GB,
                10 * GB,
                8 * GB,
                1280 * MIB,
                List.of(1_000, 5_000),
                5_000);
    }

    public Scale withRounds(int other) {
        return new Scale(
                name,
                other,
                timing,
                brokerWarmupMs,
                wholeMatrix,
                consumeBytes,
                recoveryBytes,
                coldBytes,
                cgroupBytes,
                partitionCounts,
                idleConnections);
    }

    /** Measures for so long, and warms up for half of it. */
    public Scale withSeconds(int seconds) {
        return new Scale(
                name,
                rounds,
                new Timing(seconds * 500L, seconds * 1000L),
                brokerWarmupMs,
                wholeMatrix,
                consumeBytes,
                recoveryBytes,
                coldBytes,
                cgroupBytes,
                partitionCounts,
                idleConnections);
    }

    public Scale withWholeMatrix() {
        return new Scale(
                name,
                rounds,
                timing,
                brokerWarmupMs,
                true,
                consumeBytes,
                recoveryBytes,
                coldBytes,
                cgroupBytes,
                partitionCounts,
                idleConnections);
    }

    /** The time of a load that is there for the broker's compilers only. */
    Timing brokerWarmup() {
        return new Timing(brokerWarmupMs, 0);
    }

    /** For the head of a report. */
    public String describe() {
        return name + ": " + rounds + " rounds, each measurement " + timing.warmupMs() / 1000.0 + " s of warm-up and "
                + timing.measureMs() / 1000.0 + " s";
    }
}
