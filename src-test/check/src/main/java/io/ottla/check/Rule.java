package io.ottla.check;

/** What must hold, whatever faults happened. */
public enum Rule {
    /** A record that was acknowledged is in the log, at the offset that the acknowledgement named. */
    ACKNOWLEDGED_IS_KEPT,
    /** A record is in the log once. */
    NOTHING_TWICE,
    /** Records of one producer in one partition have the order in which they were sent. */
    ORDER_OF_A_PRODUCER,
    /** Offsets of a partition that nobody compacts have no gaps. */
    OFFSETS_ARE_DENSE,
    /** What is in the log was sent by someone. */
    NOTHING_INVENTED,
    /** What a consumer was given stays in the log, at that offset. */
    DELIVERED_IS_KEPT,
    /** A group is given every record that is in the log. */
    EVERYTHING_IS_DELIVERED,
    /** A committed offset is found again, or a higher one. */
    COMMITS_STAND,
    /** Replicas hold the same bytes. */
    REPLICAS_AGREE
}
