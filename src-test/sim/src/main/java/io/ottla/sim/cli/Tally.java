package io.ottla.sim.cli;

import io.ottla.sim.cluster.Fault;
import io.ottla.sim.cluster.Simulation;
import io.ottla.sim.world.SimulationFailure;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What all seeds together came to. Locked. */
final class Tally {
    private static final double NS_PER_HOUR = 3.6e12;
    private static final double NS_PER_S = 1e9;
    private static final double MS_PER_HOUR = 3.6e6;

    private final long beganNs;
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final Map<String, Long> said = new TreeMap<>();
    private final Map<Long, String> failures = new TreeMap<>();
    private long runs;
    private long virtualNs;
    private long calmMs;
    private long events;
    private long hash;
    private long acknowledged;
    private long audits;

    Tally(long beganNs) {
        this.beganNs = beganNs;
    }

    synchronized void add(Trial trial) {
        Simulation simulation = trial.simulation();
        runs++;
        virtualNs += simulation.world().nowNs();
        calmMs += trial.scenario().tides().calmMs();
        events += simulation.world().events();
        // Seeds end in any order.
        hash += trial.scenario().seed() * 31 + simulation.world().hash();
        acknowledged += simulation.acknowledged();
        audits += simulation.audits();
        simulation.faultCounts().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
        trial.said().forEach((line, count) -> said.merge(line, (long) count, Long::sum));
        SimulationFailure failure = trial.failure();
        if (failure != null) {
            failures.put(trial.scenario().seed(), failure.invariant());
        }
    }

    synchronized long runs() {
        return runs;
    }

    synchronized boolean hasFailures() {
        return !failures.isEmpty();
    }

    private long faultCount() {
        return faults.values().stream().mapToLong(Integer::longValue).sum();
    }

    /** One line, of a fixed form. */
    synchronized String progress(long nowNs) {
        return "%d seeds, %d failed; %.2f simulated hours, %.1f M events, %d faults, %.0f s, %d MB of memory"
                .formatted(
                        runs,
                        failures.size(),
                        virtualNs / NS_PER_HOUR,
                        events / 1e6,
                        faultCount(),
                        (nowNs - beganNs) / NS_PER_S,
                        (Runtime.getRuntime().totalMemory()
                                        - Runtime.getRuntime().freeMemory())
                                >> 20);
    }

    /**
     * Everything.
     *
     * @param lines whether to print each line that brokers logged
     */
    synchronized void print(PrintWriter out, long nowNs, boolean lines) {
        double hours = virtualNs / NS_PER_HOUR;
        double seconds = (nowNs - beganNs) / NS_PER_S;
        double processorSeconds = ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toMillis)
                .map(ms -> ms / 1e3)
                .orElse(Double.NaN);
        out.printf(
                "%d seeds, %d failed; %.2f simulated hours in %.2f minutes (%.0f simulated seconds per second, %.0f per"
                        + " second of a processor), hash %016x%n",
                runs,
                failures.size(),
                hours,
                seconds / 60,
                hours * 3600 / seconds,
                hours * 3600 / processorSeconds,
                hash);
        out.printf(
                "  %.2f of these hours busy, %.2f calm; per hour %.0f events, %.1f faults, %.0f acknowledgements%n",
                hours - calmMs / MS_PER_HOUR,
                calmMs / MS_PER_HOUR,
                events / hours,
                faultCount() / hours,
                acknowledged / hours);
        out.printf(
                "  %.1f M events, %d faults, %d acknowledgements, %d coordinators compared with a reload%n",
                events / 1e6, faultCount(), acknowledged, audits);
        faults.forEach((fault, count) -> out.printf("    %-22s %d%n", fault, count));
        out.printf("  branches: brokers logged %d different lines%n", said.size());
        if (lines) {
            said.forEach((line, count) -> out.printf("    %9d %s%n", count, line));
        }
        failures.forEach((seed, invariant) -> out.printf("  FAILED %d: %s%n", seed, invariant));
        out.flush();
    }
}
