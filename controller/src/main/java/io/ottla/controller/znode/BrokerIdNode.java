package io.ottla.controller.znode;

import io.ottla.controller.znode.Endpoint.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code /brokers/ids/<id>}, ephemeral: a live broker and its endpoints. Written as version 5 (KIP-584), read from
 * version 4 on.
 *
 * @param id broker id, taken from the path
 * @param endpoints as advertised, in the order of the listeners
 * @param rack {@code broker.rack}, null if none
 * @param jmxPort port of JMX, -1 if none
 * @param timestampMs wall clock at registration
 */
public record BrokerIdNode(
        int id, List<Endpoint> endpoints, @Nullable String rack, int jmxPort, long timestampMs) {

    /** Parent of all registrations. */
    public static final String PARENT = "/brokers/ids";

    private static final int VERSION = 5;

    /** Copies the endpoints. */
    public BrokerIdNode {
        endpoints = List.copyOf(endpoints);
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
                json.number("timestamp", -1));
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
