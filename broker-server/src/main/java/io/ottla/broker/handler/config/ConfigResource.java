package io.ottla.broker.handler.config;

import java.util.Map;

/** What a request wants to see or change the configuration of; prints as Kafka's tools do. */
record ConfigResource(byte type, String name) {
    static final byte TOPIC = 2;
    static final byte BROKER = 4;

    private static final Map<Byte, String> TYPE_NAMES = Map.of(
            TOPIC,
            "TOPIC",
            BROKER,
            "BROKER",
            (byte) 8,
            "BROKER_LOGGER",
            (byte) 16,
            "CLIENT_METRICS",
            (byte) 32,
            "GROUP");

    String typeName() {
        return TYPE_NAMES.getOrDefault(type, "UNKNOWN");
    }

    @Override
    public String toString() {
        return "ConfigResource(type=" + typeName() + ", name='" + name + "')";
    }
}
