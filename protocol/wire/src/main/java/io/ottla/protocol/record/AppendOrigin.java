package io.ottla.protocol.record;

/** Where a batch that is appended to a log comes from, and so how much of it must be checked. */
public enum AppendOrigin {
    /** A produce request: everything is checked. */
    CLIENT,
    /** A coordinator of this cluster: it may write control records, and its records carry no sequences. */
    COORDINATOR,
    /** A leader, which has checked: the log follows it. */
    REPLICATION
}
