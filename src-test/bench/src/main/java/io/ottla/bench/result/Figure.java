package io.ottla.bench.result;

/**
 * One measured value.
 *
 * @param scenario in which it was measured
 * @param cell of the scenario
 * @param metric what it means
 * @param broker on which
 * @param round in which it was measured, from 1
 * @param value in the metric's unit
 * @param noiseShare share of the machine that others took meanwhile
 * @param loud whether that was too much, even after repeats
 */
public record Figure(
        String scenario,
        String cell,
        Metric metric,
        String broker,
        int round,
        double value,
        double noiseShare,
        boolean loud) {}
