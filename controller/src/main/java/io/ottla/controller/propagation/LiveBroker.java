package io.ottla.controller.propagation;

import io.ottla.controller.znode.BrokerIdNode;

/**
 * A registered broker.
 *
 * @param node what it has registered
 * @param epoch broker epoch, the czxid of its registration
 */
public record LiveBroker(BrokerIdNode node, long epoch) {

    /** Its broker id. */
    public int id() {
        return node.id();
    }
}
