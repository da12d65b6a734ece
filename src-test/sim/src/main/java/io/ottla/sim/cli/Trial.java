package io.ottla.sim.cli;

import io.ottla.sim.cluster.Scenario;
import io.ottla.sim.cluster.Simulation;
import io.ottla.sim.world.SimulationFailure;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a scenario went.
 *
 * @param failure null if all promises were kept
 * @param said how often brokers logged each line, without the values in it
 */
record Trial(
        Scenario scenario, Simulation simulation, @Nullable SimulationFailure failure, Map<String, Integer> said) {
    /** Runs it on this thread. */
    static Trial of(Scenario scenario, TracedLog log) {
        Simulation simulation = new Simulation(scenario);
        Map<String, Integer> said = log.follow(simulation.world());
        try {
            simulation.run();
            return new Trial(scenario, simulation, null, said);
        } catch (SimulationFailure e) {
            return new Trial(scenario, simulation, e, said);
        } catch (RuntimeException | Error e) {
            SimulationFailure died = new SimulationFailure("the world goes on", "", e.toString(), e);
            return new Trial(scenario, simulation, died, said);
        } finally {
            log.forget();
        }
    }

    boolean brokeWhat(@Nullable SimulationFailure other) {
        SimulationFailure mine = failure;
        return mine != null && other != null && mine.invariant().equals(other.invariant());
    }
}
