package io.ottla.controller.znode;

import io.ottla.controller.znode.Endpoint.Protocol;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code /brokers/ids/<id>}, ephemeral: a live broker and its endpoints. Written as version 5 (KIP-584), read from
 * version 4 on.
 *
 * @param id broker id, taken from the path
 * @param endpoints as advertised, in the order of the listeners
 * @param rack {@code broker.rack}, null if none
 * @param jmxPort port of JMX, -1 if none
 * @param features what the broker supports
 * @param timestampMs wall clock at registration
 */
public record BrokerIdNode(
        int id,
        List<Endpoint> endpoints,
        @Nullable String rack,
        int jmxPort,
        SortedMap<String, FeatureRange> features,
        long timestampMs) {

    /** Parent of all registrations. */
    public static final String PARENT = "/brokers/ids";

    private static final int VERSION = 5;

    /** Brokers of Apache Kafka before 3.9 cannot read a lower one; a feature at level 0 has none in ZooKeeper. */
    private static final int LOWEST_WRITTEN_LEVEL = 1;

    /** Copies endpoints and features. */
    public BrokerIdNode {
        endpoints = List.copyOf(endpoints);
        features = Collections.unmodifiableSortedMap(new TreeMap<>(features));
    }

    /** A broker without features, as those of Apache Kafka 3.9 on ZooKeeper are. */
    public BrokerIdNode(int id, List<Endpoint> endpoints, @Nullable String rack, int jmxPort, long timestampMs) {
        this(id, endpoints, rack, jmxPort, new TreeMap<>(), timestampMs);
    }

    /** The same broker, registered at another time. */
    public BrokerIdNode at(long newTimestampMs) {
        return new BrokerIdNode(id, endpoints, rack, jmxPort, features, newTimestampMs);
    }

    /** Where the broker with this id registers. */
    public static String path(int brokerId) {
        return PARENT + "/" + brokerId;
    }

    /** The endpoint of the listener with this name. */
    public Optional<Endpoint> endpoint(String listener) {
        return endpoints.stream().filter(e -> e.listener().equals(listener)).findFirst();
    }

    /** The contents of the znode. */
    public byte[] encode() {
        // Clients of old look at host and port only, and can speak nothing but plain text.
        Optional<Endpoint> plain = endpoints.stream()
                .filter(endpoint -> endpoint.protocol() == Protocol.PLAINTEXT)
                .findFirst();
        return JsonNode.write(json -> {
            json.writeObjectFieldStart("features");
            for (Map.Entry<String, FeatureRange> feature : features.entrySet()) {
                json.writeObjectFieldStart(feature.getKey());
                json.writeNumberField(
                        "min_version",
                        Math.max(LOWEST_WRITTEN_LEVEL, feature.getValue().lowest()));
                json.writeNumberField("max_version", feature.getValue().highest());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeObjectFieldStart("listener_security_protocol_map");
            for (Endpoint endpoint : endpoints) {
                json.writeStringField(endpoint.listener(), endpoint.protocol().name());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("endpoints");
            for (Endpoint endpoint : endpoints) {
                json.writeString(endpoint.toText());
            }
            json.writeEndArray();
            if (rack != null) {
                json.writeStringField("rack", rack);
            }
            json.writeNumberField("jmx_port", jmxPort);
            json.writeNumberField("port", plain.map(Endpoint::port).orElse(-1));
            if (plain.isPresent()) {
                json.writeStringField("host", plain.get().host());
            } else {
                json.writeNullField("host");
            }
            json.writeNumberField("version", VERSION);
            json.writeStringField("timestamp", Long.toString(timestampMs));
        });
    }

    /** What another broker, or this one, has written under its id. */
    public static BrokerIdNode decode(int brokerId, byte[] data) {
        JsonNode json = JsonNode.parse(path(brokerId), data);
        List<Endpoint> endpoints = new ArrayList<>();
        if (json.has("endpoints")) {
            JsonNode protocols = json.object("listener_security_protocol_map");
            for (String text : json.texts("endpoints")) {
                endpoints.add(parseEndpoint(json, text, protocols));
            }
        } else {
            endpoints.add(new Endpoint("PLAINTEXT", json.text("host"), json.integer("port"), Protocol.PLAINTEXT));
        }
        return new BrokerIdNode(
                brokerId,
                endpoints,
                json.optionalText("rack"),
                json.integer("jmx_port", -1),
                parseFeatures(json.object("features")),
                json.number("timestamp", -1));
    }

    private static SortedMap<String, FeatureRange> parseFeatures(JsonNode json) {
        SortedMap<String, FeatureRange> features = new TreeMap<>();
        for (String name : json.names()) {
            JsonNode range = json.object(name);
            int lowest = range.integer("min_version");
            int highest = range.integer("max_version");
            if (lowest < 0 || highest < lowest) {
                throw json.malformed("feature " + name + " has the versions " + lowest + " to " + highest);
            }
            features.put(name, new FeatureRange(lowest, highest));
        }
        return features;
    }

    private static Endpoint parseEndpoint(JsonNode json, String text, JsonNode protocols) {
        int nameEnd = text.indexOf("://");
        int portStart = text.lastIndexOf(':') + 1;
        if (nameEnd < 1 || portStart <= nameEnd + 1) {
            throw json.malformed("endpoint \"" + text + "\", expected NAME://host:port");
        }
        String listener = text.substring(0, nameEnd);
        String host = text.substring(nameEnd + 3, Math.max(nameEnd + 3, portStart - 1));
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        String protocol = protocols.has(listener) ? protocols.text(listener) : listener;
        try {
            return new Endpoint(
                    listener, host, Integer.parseInt(text.substring(portStart)), Protocol.valueOf(protocol));
        } catch (IllegalArgumentException e) {
            throw json.malformed("endpoint \"" + text + "\" of protocol \"" + protocol + "\" is not understood");
        }
    }
}
