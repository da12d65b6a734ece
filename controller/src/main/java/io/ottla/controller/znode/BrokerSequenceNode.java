package io.ottla.controller.znode;

/** {@code /brokers/seqid}, empty: every write raises its version, which makes a new broker id. */
public final class BrokerSequenceNode {

    /** The path. */
    public static final String PATH = "/brokers/seqid";

    private BrokerSequenceNode() {}
}
