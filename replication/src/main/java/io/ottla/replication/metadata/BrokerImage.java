package io.ottla.replication.metadata;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A live broker.
 *
 * @param rack null where the broker declares none
 * @param endpoints by listener name
 */
public record BrokerImage(int id, @Nullable String rack, Map<String, Endpoint> endpoints) {

    public BrokerImage {
        endpoints = Map.copyOf(endpoints);
    }

    /** Where clients of that listener reach the broker; null if it has no such listener. */
    public @Nullable Endpoint endpoint(String listenerName) {
        return endpoints.get(listenerName);
    }

    /** An advertised address; {@code securityProtocol} is Kafka's id (0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL). */
    public record Endpoint(String host, int port, short securityProtocol) {}
}
