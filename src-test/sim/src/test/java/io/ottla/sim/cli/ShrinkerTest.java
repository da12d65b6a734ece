package io.ottla.sim.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.sim.cluster.Fault;
import io.ottla.sim.cluster.Incident;
import io.ottla.sim.cluster.Part;
import io.ottla.sim.cluster.Scenario;
import io.ottla.sim.cluster.Simulation;
import io.ottla.sim.world.SimulationFailure;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Goal: what is left of a failing scenario is what it takes. Method: scenarios that fail if a made-up condition holds. */
class ShrinkerTest {
    private static final long FAULTY_MS = 600_000;

    private static Trial trial(Scenario scenario, @Nullable String invariant) {
        SimulationFailure failure = invariant == null ? null : new SimulationFailure(invariant, "", "made up", null);
        return new Trial(scenario, new Simulation(scenario), failure, Map.of());
    }

    private static Scenario shrink(Scenario scenario, Predicate<Scenario> fails) {
        // No time passes in these worlds: all incidents come after the failure, and the first cut, which would take
        // them, must not fail.
        Trial first = trial(scenario, "it holds");
        long endNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        return new Shrinker(first, each -> trial(each, fails.test(each) ? "it holds" : null), endNs, line -> {})
                .shrink()
                .scenario();
    }

    private static Scenario scenario() {
        return Scenario.of(5, EnumSet.allOf(Fault.class), FAULTY_MS).withParts(EnumSet.allOf(Part.class));
    }

    private static List<Integer> numbers(Scenario scenario) {
        return scenario.incidents().stream().map(Incident::number).toList();
    }

    @Test
    void leavesOnlyTheIncidentsAndPartsThatItTakes() {
        Scenario whole = scenario();
        int last = whole.incidents().size() - 1;
        Scenario smallest = shrink(
                whole,
                each -> numbers(each).containsAll(List.of(2, 7, last))
                        && each.parts().contains(Part.GROUP));
        assertThat(numbers(smallest)).containsExactly(2, 7, last);
        assertThat(smallest.parts()).isEqualTo(Set.of(Part.GROUP));
    }

    @Test
    void anotherInvariantIsNoSuccess() {
        Scenario whole = scenario();
        Trial first = trial(whole, "it holds");
        long endNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        Trial smallest = new Shrinker(first, each -> trial(each, "something else"), endNs, line -> {}).shrink();
        assertThat(smallest).isSameAs(first);
    }

    @Test
    void theSameSeedIsTheSameScenario() {
        assertThat(scenario()).isEqualTo(scenario());
        assertThat(scenario().incidents()).hasSizeGreaterThan(10);
    }
}
