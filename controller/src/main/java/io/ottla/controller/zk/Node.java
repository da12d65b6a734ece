package io.ottla.controller.zk;

import java.nio.charset.StandardCharsets;

/** Data and stat of a node as of one read. Immutable by agreement: nobody writes to the array. */
public final class Node {

    private final byte[] data;
    private final NodeStat stat;

    /** A node without data has an empty array. */
    public Node(byte[] data, NodeStat stat) {
        this.data = data;
        this.stat = stat;
    }

    /** The data itself, not a copy. */
    public byte[] data() {
        return data;
    }

    /** The stat that belongs to the data. */
    public NodeStat stat() {
        return stat;
    }

    @Override
    public String toString() {
        return "Node(" + new String(data, StandardCharsets.UTF_8) + ", " + stat + ")";
    }
}
