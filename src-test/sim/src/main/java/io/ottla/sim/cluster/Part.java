package io.ottla.sim.cluster;

/** Who plays besides the idempotent producers and their reader, who always do. */
public enum Part {
    /** Transactions that move money between partitions, and who reads what is committed. */
    BANK,
    /** A group whose members come, leave and die. */
    GROUP,
    /** Producers with {@code acks=1}, of a topic that its operator may do anything to. */
    CARELESS
}
