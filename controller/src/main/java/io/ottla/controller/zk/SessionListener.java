package io.ottla.controller.zk;

/** Told of session events on the session's executor. */
@FunctionalInterface
public interface SessionListener {

    /** Receives an event. */
    void onSessionEvent(SessionEvent event);
}
