package io.ottla.bench.result;

/**
 * One measured distribution of latencies.
 *
 * @param what was measured: acknowledged or end-to-end
 * @param histogram encoded ({@link io.ottla.bench.stats.Latencies})
 */
public record Curve(String scenario, String cell, String what, String broker, int round, String histogram) {}
