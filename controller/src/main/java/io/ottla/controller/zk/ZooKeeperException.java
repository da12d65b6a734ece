package io.ottla.controller.zk;

import io.ottla.protocol.error.StageFailure;

/** A request to ZooKeeper that failed. Without a stack trace: it is raised far from the caller, and often expected. */
public final class ZooKeeperException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ZooKeeperError error;
    private final String path;
    private final int operationIndex;

    /** A failure of a request that is not a multi. */
    public ZooKeeperException(ZooKeeperError error, String path, String message) {
        this(error, path, -1, message);
    }

    /** A failure of the write at this index of a multi. */
    public ZooKeeperException(ZooKeeperError error, String path, int operationIndex, String message) {
        super(message, null, false, false);
        this.error = error;
        this.path = path;
        this.operationIndex = operationIndex;
    }

    /** The reason. */
    public ZooKeeperError error() {
        return error;
    }

    /** The path of the request, or of the refused write of a multi. */
    public String path() {
        return path;
    }

    /** Index of the refused write of a multi, -1 if this was no multi or it failed as a whole. */
    public int operationIndex() {
        return operationIndex;
    }

    /** Whether this failure, as a stage reports it, is a ZooKeeper failure for this reason. */
    public static boolean is(Throwable failure, ZooKeeperError error) {
        return StageFailure.cause(failure) instanceof ZooKeeperException zooKeeper && zooKeeper.error == error;
    }
}
