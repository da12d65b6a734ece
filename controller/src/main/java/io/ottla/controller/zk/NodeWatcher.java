package io.ottla.controller.zk;

/** Told once, on the session's executor, that a watched node has changed. To go on watching, read again. */
@FunctionalInterface
public interface NodeWatcher {

    /** Receives the one event of this watch; never called after the session has expired. */
    void onEvent(NodeEvent event);
}
