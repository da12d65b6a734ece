package io.ottla.bench.result;

import io.ottla.bench.stats.Comparison.Better;

/**
 * What a figure means.
 *
 * @param name for tables
 * @param unit of the values
 * @param better which way is good
 */
public record Metric(String name, String unit, Better better) {
    public static final Metric THROUGHPUT = higher("throughput", "MB/s");
    public static final Metric CPU_PER_GB = lower("broker CPU per GB", "s");
    public static final Metric KERNEL_CPU_PER_GB = lower("of it in the kernel", "s");
    public static final Metric REQUEST_RATE = higher("requests", "1/s");
    public static final Metric CPU_PER_REQUEST = lower("broker CPU per request", "µs");
    public static final Metric BROKER_CPU = lower("broker CPU", "% of a core");
    public static final Metric ZOOKEEPER_CPU = lower("CPU of its own ZooKeeper", "% of a core");
    public static final Metric PEAK_MEMORY = lower("peak memory", "MB");
    public static final Metric MEMORY = lower("memory", "MB");
    public static final Metric OPEN_FILES = lower("open files", "");
    public static final Metric LONGEST_PAUSE = lower("longest GC pause", "ms");
    public static final Metric PAUSED = lower("GC pauses", "ms/s");
    public static final Metric TIME = lower("time", "s");
    public static final Metric CPU_TIME = lower("broker CPU", "s");

    public static Metric lower(String name, String unit) {
        return new Metric(name, unit, Better.LOWER);
    }

    public static Metric higher(String name, String unit) {
        return new Metric(name, unit, Better.HIGHER);
    }
}
