package io.ottla.sim.cluster;

/** What can happen to a cluster: what breaks, and what its operator does. */
public enum Fault {
    /** A broker's process is killed and started again after a while. */
    CRASH,
    /** A broker stops as it should and is started again. */
    RESTART,
    /** A broker's machine loses power. Only while others have all that it has. */
    POWER_LOSS,
    /** A broker comes back with empty disks. Only while others have all that it had. */
    EMPTY_DISK,
    /**
     * A broker is away until it is in no ISR, comes back, and dies again as it is about to enter them, to return with empty
     * disks. Only while others have all that it had.
     */
    RELAPSE,
    /** One of a broker's disks fails for a while. */
    BROKEN_DISK,
    /** Some reads of one of a broker's disks fail for a while. */
    BAD_READS,
    /** A broker's disks are full for a while. */
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
    /** Somebody deletes the controller's node, so that another election follows. */
    CONTROLLER_REMOVED,
    /** A broker's wall clock is moved. */
    CLOCK_STEP,
    /** Files of a broker that can be made anew are gone, or damaged, when it comes back. */
    FILES_LOST,
    /** The operator deletes a topic, and creates it again after a while. */
    TOPIC_RECREATION,
    /** The operator adds a partition to a topic. */
    PARTITION_ADDED,
    /** The operator moves replicas of a partition to other brokers, or changes their order. */
    REASSIGNMENT,
    /** The operator cancels the reassignment of a partition. */
    REASSIGNMENT_CANCELLED,
    /** The operator has the first replicas elected. */
    PREFERRED_ELECTION,
    /** The operator allows a partition to lose records, so that it has a leader. */
    UNCLEAN_ELECTION,
    /** The operator changes a setting of a topic or a broker. */
    SETTING_CHANGED,
    /** The operator deletes the first records of a partition. */
    RECORDS_DELETED,
    /** The operator has a broker move a replica to one of its log directories. */
    DIRECTORY_MOVE,
    /** The operator slows replication and moves down for a while. */
    THROTTLED,
    /** The operator does something that is seldom done: see {@link io.ottla.sim.client.Errands}. */
    ERRAND
}
