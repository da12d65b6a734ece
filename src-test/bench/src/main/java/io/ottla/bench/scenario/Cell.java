package io.ottla.bench.scenario;

import io.ottla.bench.load.LoadResult;
import io.ottla.bench.os.GcLog;
import io.ottla.bench.os.ProcFs;
import io.ottla.bench.os.Usage;
import io.ottla.bench.result.Metric;
import io.ottla.bench.stats.Latencies;
import java.util.Map;
import java.util.TreeMap;

/** One measurement on its way into the result: each method notes the figures of one kind. */
public final class Cell {
    private static final double GB = 1e9;
    private static final double MB = 1e6;
    private static final double MICROS = 1e6;
    private static final double PERCENT = 100;

    private final Trial trial;
    private final String name;
    private final LoadResult result;

    /** A measured time in which nothing was done has no figures: it is a failure. */
    Cell(Trial trial, String name, LoadResult result) {
        if (result.bytes() == 0 && result.records() == 0 && result.requests() == 0) {
            throw new IllegalStateException("nothing was done within the measured time of " + name);
        }
        this.trial = trial;
        this.name = name;
        this.result = result;
    }

    LoadResult result() {
        return result;
    }

    /** Megabytes of values per second. */
    Cell throughput() {
        return note(Metric.THROUGHPUT, result.bytes() / MB / usage().seconds());
    }

    /** The broker's processor time per gigabyte of values. */
    Cell cpuPerGb() {
        double gigabytes = result.bytes() / GB;
        note(Metric.CPU_PER_GB, usage().brokerCpuSeconds() / gigabytes);
        return note(Metric.KERNEL_CPU_PER_GB, usage().brokerSystemSeconds() / gigabytes);
    }

    Cell requestRate() {
        return note(Metric.REQUEST_RATE, result.requests() / usage().seconds());
    }

    Cell cpuPerRequest() {
        return note(Metric.CPU_PER_REQUEST, usage().brokerCpuSeconds() / result.requests() * MICROS);
    }

    Cell brokerCpu() {
        return note(Metric.BROKER_CPU, usage().brokerCpuSeconds() / usage().seconds() * PERCENT);
    }

    /** Peak memory, GC pauses and what a ZooKeeper beside the broker took. */
    Cell process() {
        note(Metric.PEAK_MEMORY, ProcFs.memory(trial.broker().pid()).peakBytes() / MB);
        GcLog.Summary pauses = GcLog.read(trial.broker().files().gcLog()).between(usage().startMs(), usage().endMs());
        note(Metric.LONGEST_PAUSE, pauses.longestMs());
        note(Metric.PAUSED, pauses.totalMs() / usage().seconds());
        if (usage().zooKeeperCpuSeconds() > 0) {
            note(Metric.ZOOKEEPER_CPU, usage().zooKeeperCpuSeconds() / usage().seconds() * PERCENT);
        }
        return this;
    }

    /** Percentiles of every distribution of the load, and the distributions themselves for the plots. */
    Cell latencies() {
        for (Map.Entry<String, String> entry : new TreeMap<>(result.latencies()).entrySet()) {
            Latencies latencies = Latencies.decode(entry.getValue());
            for (double percentile : Latencies.PERCENTILES) {
                note(percentileOf(entry.getKey(), percentile), latencies.percentileMs(percentile));
            }
            note(Metric.lower(entry.getKey() + " max", "ms"), latencies.maxMs());
            trial.recordCurve(name, entry.getKey(), entry.getValue());
        }
        return this;
    }

    /** A value that the load itself has taken, by its name in {@link io.ottla.bench.load.Figures}. */
    double loadValue(String name) {
        Double value = result.values().get(name);
        if (value == null) {
            throw new IllegalStateException("the load has no value for " + name);
        }
        return value;
    }

    /** The metric of one percentile of one kind of latency. */
    public static Metric percentileOf(String what, double percentile) {
        String digits = percentile == Math.rint(percentile) ? Long.toString((long) percentile) : percentile + "";
        return Metric.lower(what + " p" + digits, "ms");
    }

    Cell note(Metric metric, double value) {
        trial.record(name, metric, value, usage());
        return this;
    }

    private Usage usage() {
        return result.usage();
    }
}
