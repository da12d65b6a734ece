package io.ottla.controller.zk;

/** Why ZooKeeper, or the session, refused a request. */
public enum ZooKeeperError {
    NO_NODE,
    NODE_EXISTS,
    NOT_EMPTY,
    BAD_VERSION,
    NO_CHILDREN_FOR_EPHEMERALS,
    /** The session may not do this: access control or a failed authentication. */
    NOT_AUTHORIZED,
    /** Not refused itself, but part of a multi in which another write was. */
    ROLLED_BACK,
    /** The session ended before the answer came; the request may have taken effect. */
    SESSION_EXPIRED,
    /** No server could be reached in the time allowed for the first connection. */
    CONNECTION_TIMEOUT,
    /** The session was closed from this side. */
    CLOSED,
    /** Anything else; the message names ZooKeeper's own code. */
    OTHER
}
