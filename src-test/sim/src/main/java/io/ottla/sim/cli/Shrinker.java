package io.ottla.sim.cli;

import io.ottla.sim.cluster.Incident;
import io.ottla.sim.cluster.Part;
import io.ottla.sim.cluster.Scenario;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Takes out of a failing scenario what it takes not for the same invariant to fail: first what comes after the failure, then
 * parts, then incidents by ever smaller pieces (Zeller's delta debugging, without its complements).
 */
final class Shrinker {
    private final Function<Scenario, Trial> runner;
    private final long endNs;
    private final Consumer<String> progress;
    private Trial best;
    private int trials;

    /**
     * @param runner runs a scenario
     * @param endNs of {@link System#nanoTime}: when it is to stop
     */
    Shrinker(Trial failed, Function<Scenario, Trial> runner, long endNs, Consumer<String> progress) {
        this.best = failed;
        this.runner = runner;
        this.endNs = endNs;
        this.progress = progress;
    }

    /** The smallest failing scenario that was found. */
    Trial shrink() {
        long failedMs = best.simulation().world().nowNs() / 1_000_000;
        attempt(with(incident -> incident.atMs() <= failedMs));
        for (Part part : List.copyOf(best.scenario().parts())) {
            Set<Part> others = EnumSet.noneOf(Part.class);
            others.addAll(best.scenario().parts());
            others.remove(part);
            attempt(best.scenario().withParts(others));
        }
        for (int piece = best.scenario().incidents().size() / 2; piece >= 1; piece = nextPiece(piece)) {
            shrinkBy(piece);
        }
        return best;
    }

    private static int nextPiece(int piece) {
        return piece == 1 ? 0 : (piece + 1) / 2;
    }

    private void shrinkBy(int piece) {
        int at = 0;
        while (at < best.scenario().incidents().size() && System.nanoTime() < endNs) {
            List<Incident> incidents = best.scenario().incidents();
            Set<Integer> dropped = new HashSet<>();
            incidents
                    .subList(at, Math.min(incidents.size(), at + piece))
                    .forEach(incident -> dropped.add(incident.number()));
            if (!attempt(with(incident -> !dropped.contains(incident.number())))) {
                at += piece;
            }
        }
    }

    private Scenario with(Predicate<Incident> wanted) {
        Set<Integer> kept = new HashSet<>();
        best.scenario().incidents().stream().filter(wanted).forEach(incident -> kept.add(incident.number()));
        return best.scenario().with(kept::contains);
    }

    private boolean attempt(Scenario smaller) {
        if (System.nanoTime() >= endNs) {
            return false;
        }
        trials++;
        Trial trial = runner.apply(smaller);
        boolean fails = trial.brokeWhat(best.failure());
        if (fails) {
            best = trial;
            progress.accept("%d incidents, %s, after %d trials"
                    .formatted(smaller.incidents().size(), smaller.parts(), trials));
        }
        return fails;
    }
}
