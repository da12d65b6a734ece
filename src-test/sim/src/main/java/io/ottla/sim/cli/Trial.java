package io.ottla.sim.cli;

import io.ottla.sim.cluster.Scenario;
import io.ottla.sim.cluster.Simulation;
import io.ottla.sim.world.SimulationFailure;
import org.jspecify.annotations.Nullable;

/**
 * How a scenario went.
 *
 * @param failure null if all promises were kept
 */
record Trial(
        Scenario scenario, Simulation simulation, @Nullable SimulationFailure failure) {
    /** Runs it on this thread. */
    static Trial of(Scenario scenario, TracedLog log) {
        Simulation simulation = new Simulation(scenario);
        log.follow(simulation.world());
        try {
            simulation.run();
            return new Trial(scenario, simulation, null);
        } catch (SimulationFailure e) {
            return new Trial(scenario, simulation, e);
        } catch (RuntimeException | Error e) {
            return new Trial(scenario, simulation, new SimulationFailure("the world goes on", "", e.toString(), e));
        }
    }

    boolean brokeWhat(@Nullable SimulationFailure other) {
        SimulationFailure mine = failure;
        return mine != null && other != null && mine.invariant().equals(other.invariant());
    }
}
