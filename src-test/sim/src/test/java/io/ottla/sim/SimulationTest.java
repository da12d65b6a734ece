package io.ottla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.sim.cluster.Fault;
import io.ottla.sim.cluster.Scenario;
import io.ottla.sim.cluster.Simulation;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a cluster keeps its promises under faults, and every run can be repeated. Method: a fixed set of seeds, each a cluster
 * for some minutes of virtual time; {@code bin/ottla-sim} runs others.
 */
class SimulationTest {
    private static final long FAULTY_MS = 120_000;

    private static Simulation run(long seed, long faultyMs) {
        Simulation simulation = new Simulation(Scenario.of(seed, EnumSet.allOf(Fault.class), faultyMs));
        simulation.run();
        return simulation;
    }

    @Test
    void aSeedDoesTheSameEachTimeWhateverRunsBesides() {
        CompletableFuture<Simulation> besides = CompletableFuture.supplyAsync(() -> run(7, 60_000));
        Simulation one = run(7, 60_000);
        Simulation other = besides.join();
        assertThat(other.world().events()).isEqualTo(one.world().events());
        assertThat(other.world().hash()).isEqualTo(one.world().hash());
        assertThat(one.acknowledged()).isPositive();
    }

    @Test
    void aClusterKeepsItsPromisesInLongCalm() {
        Simulation simulation = new Simulation(Scenario.of(12, EnumSet.allOf(Fault.class), FAULTY_MS, 10 * FAULTY_MS));
        simulation.run();
        assertThat(simulation.audits()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 8, 9, 10, 11})
    void aClusterKeepsItsPromises(long seed) {
        assertThat(run(seed, FAULTY_MS).acknowledged()).isPositive();
    }
}
