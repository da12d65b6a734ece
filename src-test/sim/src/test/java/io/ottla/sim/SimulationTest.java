package io.ottla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.sim.cluster.Fault;
import io.ottla.sim.cluster.Simulation;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a cluster keeps its promises under faults, and every run can be repeated. Method: a fixed set of seeds, each a cluster
 * of three for some minutes of virtual time; {@code bin/ottla-sim} runs others.
 */
class SimulationTest {
    private static final long FAULTY_MS = 120_000;

    @Test
    void aSeedDoesTheSameEachTime() {
        Simulation one = new Simulation(7, EnumSet.allOf(Fault.class));
        one.run(60_000);
        Simulation other = new Simulation(7, EnumSet.allOf(Fault.class));
        other.run(60_000);
        assertThat(other.world().events()).isEqualTo(one.world().events());
        assertThat(other.world().hash()).isEqualTo(one.world().hash());
        assertThat(one.acknowledged()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 8, 9, 10, 11})
    void aClusterKeepsItsPromises(long seed) {
        Simulation simulation = new Simulation(seed, EnumSet.allOf(Fault.class));
        simulation.run(FAULTY_MS);
        assertThat(simulation.acknowledged()).isPositive();
    }
}
