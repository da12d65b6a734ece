package io.ottla.controller.zk;

/** What one write of a multi has done. */
public sealed interface WriteResult {

    /** A check or a delete has passed. */
    record Done() implements WriteResult {}

    /** A node was created under this path. */
    record Created(String path) implements WriteResult {}

    /** Data was replaced; this is the stat after. */
    record Changed(NodeStat stat) implements WriteResult {}
}
