package io.ottla.sim.cluster;

/**
 * Something that is due to happen. It does not, if the cluster could not bear it then.
 *
 * @param number counts the incidents of a scenario from 0
 * @param atMs since the faults began
 * @param brokerId at which broker
 * @param durationMs for how long, where that applies
 * @param seed of all that is left to chance
 */
public record Incident(int number, long atMs, Fault fault, int brokerId, long durationMs, long seed) {
    Incident at(long newAtMs) {
        return new Incident(number, newAtMs, fault, brokerId, durationMs, seed);
    }

    /** For whoever reads of a failure. */
    @Override
    public String toString() {
        return "%4d  at %9.3f s  %-22s broker-%d  %.1f s"
                .formatted(number, atMs / 1e3, fault, brokerId, durationMs / 1e3);
    }
}
