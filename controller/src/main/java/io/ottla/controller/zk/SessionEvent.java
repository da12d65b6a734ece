package io.ottla.controller.zk;

/** The turns in the life of a session. */
public enum SessionEvent {
    /** A new session is connected; ephemeral nodes and watches of the one before are gone or about to go. */
    ESTABLISHED,
    /** The connection is lost; the session may survive. */
    SUSPENDED,
    /** The connection is back and the session has survived, watches included. */
    RESUMED,
    /** ZooKeeper has ended the session; a new one is being established. */
    EXPIRED
}
