package io.ottla.controller.zk;

/** How long a node lives and who names it. */
public enum NodeKind {
    /** Lives until it is deleted. */
    PERSISTENT,
    /** Lives as long as the session that creates it. */
    EPHEMERAL,
    /** As {@link #PERSISTENT}; ZooKeeper appends a ten-digit sequence number to its name. */
    PERSISTENT_SEQUENTIAL
}
