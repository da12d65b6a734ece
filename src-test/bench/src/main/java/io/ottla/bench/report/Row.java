package io.ottla.bench.report;

import io.ottla.bench.result.Metric;
import io.ottla.bench.stats.Summary;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One line of a table: one metric of one cell on all brokers.
 *
 * @param values of each broker by its name; a broker without a figure is missing
 * @param ratio of the subject to the better peer
 * @param noisePercent by which the subject differs from itself
 * @param loud whether any of the measurements behind it was
 */
record Row(
        String scenario,
        String cell,
        Metric metric,
        Map<String, Summary> values,
        OptionalDouble ratio,
        OptionalDouble noisePercent,
        boolean loud) {}
