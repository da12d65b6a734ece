package io.ottla.bench.scenario;

/** One thing that users of a broker feel. Implementations keep nothing between trials. */
public interface Scenario {
    /** Its key in results and options. */
    String name();

    /** One sentence for the report: what is done and what the figures mean. */
    String idea();

    /** How long it takes. */
    default Weight weight() {
        return Weight.LIGHT;
    }

    /** How long a scenario takes on one broker. */
    enum Weight {
        /** Seconds. */
        LIGHT,
        /** Up to minutes. */
        HEAVY
    }

    /** Measures one broker once; the trial cleans up. */
    void run(Trial trial);
}
