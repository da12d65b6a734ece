package io.ottla.sim.cli;

import io.ottla.sim.cluster.Fault;
import io.ottla.sim.world.SimulationFailure;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What all seeds together came to. Locked. */
final class Tally {
    private static final double NS_PER_HOUR = 3.6e12;
    private static final double NS_PER_S = 1e9;
    private static final double NS_PER_MINUTE = 6e10;

    private final long beganNs;
    private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    private final Map<Long, String> failures = new TreeMap<>();
    private long runs;
    private long virtualNs;
    private long events;
    private long hash;
    private long acknowledged;

    Tally(long beganNs) {
        this.beganNs = beganNs;
    }

    synchronized void add(Trial trial) {
        runs++;
        virtualNs += trial.simulation().world().nowNs();
        events += trial.simulation().world().events();
        // Seeds end in any order.
        hash += trial.scenario().seed() * 31 + trial.simulation().world().hash();
        acknowledged += trial.simulation().acknowledged();
        trial.simulation().faultCounts().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
        SimulationFailure failure = trial.failure();
        if (failure != null) {
            failures.put(trial.scenario().seed(), failure.invariant());
        }
    }

    synchronized boolean hasFailures() {
        return !failures.isEmpty();
    }

    synchronized String progress(long nowNs) {
        return "%d seeds, %d failed, %.2f simulated hours, %.1f M events, %.0f s"
                .formatted(runs, failures.size(), virtualNs / NS_PER_HOUR, events / 1e6, (nowNs - beganNs) / NS_PER_S);
    }

    synchronized void print(PrintWriter out, long nowNs) {
        double minutes = (nowNs - beganNs) / NS_PER_MINUTE;
        out.printf(
                "%d seeds, %d failed; %.2f simulated hours in %.2f minutes (%.0f simulated seconds per second), %.1f M"
                        + " events, %d acknowledgements, hash %016x%n",
                runs,
                failures.size(),
                virtualNs / NS_PER_HOUR,
                minutes,
                virtualNs / (double) (nowNs - beganNs),
                events / 1e6,
                acknowledged,
                hash);
        faults.forEach((fault, count) -> out.printf("  %-22s %d%n", fault, count));
        failures.forEach((seed, invariant) -> out.printf("  FAILED %d: %s%n", seed, invariant));
        out.flush();
    }
}
