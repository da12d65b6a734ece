package io.ottla.bench.stats;

import java.util.Collection;
import java.util.OptionalDouble;

/** Ratios of one figure between brokers. */
public final class Comparison {
    private static final double PERCENT = 100;

    private Comparison() {}

    /** Which way a figure is good. */
    public enum Better {
        LOWER,
        HIGHER
    }

    /** {@code ours} divided by the best of {@code peers}; nothing if no peer has a figure other than zero. */
    public static OptionalDouble ratioToBest(double ours, Collection<Double> peers, Better better) {
        var values = peers.stream().mapToDouble(Double::doubleValue).filter(value -> value != 0);
        OptionalDouble best = better == Better.LOWER ? values.min() : values.max();
        return best.isPresent() ? OptionalDouble.of(ours / best.getAsDouble()) : OptionalDouble.empty();
    }

    /**
     * How far two runs of the very same broker lie apart, in percent: what a difference between two brokers must
     * exceed to mean anything. The same whichever of the two comes first.
     */
    public static OptionalDouble noisePercent(double first, double second) {
        if (first <= 0 || second <= 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of((Math.max(first, second) / Math.min(first, second) - 1) * PERCENT);
    }
}
