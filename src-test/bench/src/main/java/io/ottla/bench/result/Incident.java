package io.ottla.bench.result;

/** Why something was not measured: a broker that failed, or a machine that cannot. */
public record Incident(String scenario, String broker, int round, String message) {}
