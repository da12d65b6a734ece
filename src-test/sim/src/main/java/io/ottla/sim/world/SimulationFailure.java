package io.ottla.sim.world;

import org.jspecify.annotations.Nullable;

/** Something that must never happen has happened. */
public final class SimulationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String invariant;
    private final String about;

    /**
     * @param invariant what should have held
     * @param about what of the trace is of interest: a partition, or "" for all
     */
    public SimulationFailure(String invariant, String about, String what, @Nullable Throwable cause) {
        super(invariant + ": " + what, cause);
        this.invariant = invariant;
        this.about = about;
    }

    public String invariant() {
        return invariant;
    }

    public String about() {
        return about;
    }
}
