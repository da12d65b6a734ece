package io.ottla.bench.stats;

import java.util.List;

/**
 * The middle and the width of repeated measurements of one thing.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param min the smallest
 * @param max the largest
 * @param count how many there were
 */
public record Summary(double median, double min, double max, int count) {
    private static final double PERCENT = 100;

    /** Summarizes at least one value, in any order. */
    public static Summary of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values to summarize");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Summary(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }

    /** The distance between the extremes in percent of the median; 0 for a single value or a median of 0. */
    public double spreadPercent() {
        return median == 0 ? 0 : (max - min) / Math.abs(median) * PERCENT;
    }
}
