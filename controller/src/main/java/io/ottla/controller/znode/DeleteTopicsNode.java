package io.ottla.controller.znode;

/** {@code /admin/delete_topics/<topic>}, empty: a topic that is to be deleted. */
public final class DeleteTopicsNode {

    /** Parent of the requests. */
    public static final String PARENT = "/admin/delete_topics";

    private DeleteTopicsNode() {}

    /** Where the deletion of a topic is asked for. */
    public static String path(String topic) {
        return PARENT + "/" + topic;
    }
}
