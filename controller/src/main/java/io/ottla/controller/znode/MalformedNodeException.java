package io.ottla.controller.znode;

/** A znode holds something that is not in its format. */
public final class MalformedNodeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedNodeException(String path, String problem) {
        super("znode " + path + ": " + problem);
    }
}
