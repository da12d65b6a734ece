package io.ottla.sim.cluster;

/** What can happen to a cluster. */
public enum Fault {
    /** A broker's process is killed and started again after a while. */
    CRASH,
    /** A broker stops as it should and is started again. */
    RESTART,
    /** A broker's machine loses power. Only while others have all that it has. */
    POWER_LOSS,
    /** A broker comes back with an empty disk. Only while others have all that it had. */
    EMPTY_DISK,
    /** A broker's disk fails for a while. */
    BROKEN_DISK,
    /** A broker's disk is full for a while. */
    FULL_DISK,
    /** A broker's process stands still for a while. */
    PAUSE,
    /** Nothing passes between two groups of hosts. */
    PARTITION,
    /** Nothing passes from one host to another. */
    ONE_WAY_CUT,
    /** A link is slow. */
    SLOW_LINK,
    /** All connections between two hosts break. */
    RESET,
    /** ZooKeeper ends the session of a broker that lives. */
    SESSION_EXPIRY,
    /** A broker's connection to ZooKeeper breaks. */
    ZOOKEEPER_DISCONNECT,
    /** Nobody reaches ZooKeeper for a while. */
    ZOOKEEPER_AWAY,
    /** A broker's wall clock is moved. */
    CLOCK_STEP
}
