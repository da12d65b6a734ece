package io.ottla.sim.net;

/** What becomes of requests that are under way when their client hangs up. */
public enum Farewell {
    /** They arrive, however late. */
    LINGERS,
    /** They are lost. */
    ABORTS
}
