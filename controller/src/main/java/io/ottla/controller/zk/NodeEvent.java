package io.ottla.controller.zk;

/** What a watch reports: that something has changed, not what to. */
public record NodeEvent(String path, Type type) {

    /** The kinds of change. */
    public enum Type {
        CREATED,
        DELETED,
        DATA_CHANGED,
        CHILDREN_CHANGED
    }
}
