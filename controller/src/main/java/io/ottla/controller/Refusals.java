package io.ottla.controller;

import io.ottla.controller.election.FencedException;
import io.ottla.controller.event.EventQueue;
import io.ottla.controller.zk.ZooKeeperException;
import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.protocol.error.StageFailure;

/** What a client is told when the controller could not do its work. */
final class Refusals {

    private Refusals() {}

    static ApiException notController() {
        return new ApiException(ErrorCode.NOT_CONTROLLER);
    }

    /** The error for a failure; clients try again on another controller when this one has lost its office or session. */
    static ApiException translate(Throwable failure) {
        Throwable cause = StageFailure.cause(failure);
        if (cause instanceof ApiException api) {
            return api;
        }
        if (cause instanceof FencedException) {
            return notController();
        }
        if (cause instanceof EventQueue.OverflowException overflow) {
            return new ApiException(ErrorCode.REQUEST_TIMED_OUT, String.valueOf(overflow.getMessage()));
        }
        if (cause instanceof ZooKeeperException refusal) {
            return switch (refusal.error()) {
                case SESSION_EXPIRED, CLOSED -> notController();
                default -> new ApiException(ErrorCode.UNKNOWN_SERVER_ERROR, String.valueOf(refusal.getMessage()));
            };
        }
        return new ApiException(ErrorCode.UNKNOWN_SERVER_ERROR, String.valueOf(cause));
    }
}
