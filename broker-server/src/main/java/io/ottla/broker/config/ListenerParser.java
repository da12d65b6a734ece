package io.ottla.broker.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes listeners of their properties, the old single-port ones included, and checks that they go together. */
final class ListenerParser {
    private static final Pattern ENDPOINT =
            Pattern.compile("([^:/]+)://(?:\\[([0-9a-fA-F:.%]+)\\]|([0-9a-zA-Z\\-._]*)):([0-9]{1,5})");
    private static final int MAX_PORT = 65535;

    private final ConfigValues values;
    private final Problems problems;
    private final Map<String, SecurityProtocol> protocols = new HashMap<>();

    ListenerParser(ConfigValues values, Problems problems) {
        this.values = values;
        this.problems = problems;
    }

    ListenerConfig parse() {
        parseProtocols();
        List<Endpoint> bound = bound();
        checkBound(bound);
        List<Endpoint> advertised = advertised(bound);
        String interBroker = interBroker();
        if (!names(advertised).contains(interBroker)) {
            ConfigKey<?> key = values.isSet(ListenerConfig.INTER_BROKER_LISTENER_NAME)
                    ? ListenerConfig.INTER_BROKER_LISTENER_NAME
                    : ListenerConfig.SECURITY_INTER_BROKER_PROTOCOL;
            problems.add(new ConfigProblem(key.name(), interBroker, "a listener of " + advertised, "No such listener"));
        }
        String controlPlane = upper(values.orNull(ListenerConfig.CONTROL_PLANE_LISTENER_NAME));
        if (controlPlane != null && (!names(bound).contains(controlPlane) || controlPlane.equals(interBroker))) {
            problems.add(
                    values,
                    ListenerConfig.CONTROL_PLANE_LISTENER_NAME,
                    "a listener of " + bound + " other than the inter-broker listener " + interBroker);
        }
        return new ListenerConfig(List.copyOf(bound), List.copyOf(advertised), interBroker, controlPlane);
    }

    private void parseProtocols() {
        for (String pair :
                values.get(ListenerConfig.LISTENER_SECURITY_PROTOCOL_MAP).split(",", -1)) {
            int colon = pair.lastIndexOf(':');
            SecurityProtocol protocol =
                    SecurityProtocol.named(pair.substring(colon + 1).trim());
            String name = colon <= 0 ? "" : pair.substring(0, colon).trim().toUpperCase(Locale.ROOT);
            if (protocol == null || name.isEmpty()) {
                problems.add(
                        values,
                        ListenerConfig.LISTENER_SECURITY_PROTOCOL_MAP,
                        "NAME:PROTOCOL pairs, each protocol one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL;" + " not "
                                + pair.trim());
            } else {
                protocols.put(name, protocol);
            }
        }
    }

    private List<Endpoint> bound() {
        boolean old = values.isSet(ListenerConfig.PORT) || values.isSet(ListenerConfig.HOST_NAME);
        if (old && !values.isSet(ListenerConfig.LISTENERS)) {
            String host = values.get(ListenerConfig.HOST_NAME);
            return List.of(
                    new Endpoint("PLAINTEXT", SecurityProtocol.PLAINTEXT, host, values.get(ListenerConfig.PORT)));
        }
        return endpoints(ListenerConfig.LISTENERS, values.get(ListenerConfig.LISTENERS));
    }

    private List<Endpoint> advertised(List<Endpoint> bound) {
        String text = values.orNull(ListenerConfig.ADVERTISED_LISTENERS);
        if (text == null) {
            return oldAdvertised(bound);
        }
        List<Endpoint> advertised = endpoints(ListenerConfig.ADVERTISED_LISTENERS, text);
        for (Endpoint endpoint : advertised) {
            if (endpoint.host().equals("0.0.0.0") || endpoint.host().equals("::")) {
                problems.add(
                        values,
                        ListenerConfig.ADVERTISED_LISTENERS,
                        "an address that clients can dial instead of " + endpoint.host());
            }
            if (!names(bound).contains(endpoint.listenerName())) {
                problems.add(
                        values,
                        ListenerConfig.ADVERTISED_LISTENERS,
                        "only names of listeners " + bound + ", not " + endpoint.listenerName());
            }
        }
        return advertised;
    }

    /** The bound addresses, with advertised.host.name and advertised.port in place of the first one's. */
    private List<Endpoint> oldAdvertised(List<Endpoint> bound) {
        List<Endpoint> advertised = new ArrayList<>();
        for (Endpoint endpoint : bound) {
            String host = endpoint.host();
            advertised.add(host.equals("0.0.0.0") || host.equals("::") ? endpoint.at("", endpoint.port()) : endpoint);
        }
        String host = values.orNull(ListenerConfig.ADVERTISED_HOST_NAME);
        Integer port = values.orNull(ListenerConfig.ADVERTISED_PORT);
        if (!advertised.isEmpty() && (host != null || port != null)) {
            Endpoint first = advertised.get(0);
            advertised.set(0, first.at(host != null ? host : first.host(), port != null ? port : first.port()));
        }
        return advertised;
    }

    private List<Endpoint> endpoints(ConfigKey<String> key, String text) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            Endpoint endpoint = endpoint(key, item.trim());
            if (endpoint != null) {
                endpoints.add(endpoint);
            }
        }
        Set<String> seen = new HashSet<>();
        for (Endpoint endpoint : endpoints) {
            if (!seen.add(endpoint.listenerName())) {
                problems.add(values, key, "each listener name once, not twice " + endpoint.listenerName());
            }
        }
        return endpoints;
    }

    private @Nullable Endpoint endpoint(ConfigKey<String> key, String item) {
        Matcher parts = ENDPOINT.matcher(item);
        if (!parts.matches() || Integer.parseInt(parts.group(4)) > MAX_PORT) {
            problems.add(values, key, "NAME://host:port with commas between them, not '" + item + "'");
            return null;
        }
        String name = parts.group(1).toUpperCase(Locale.ROOT);
        SecurityProtocol protocol = protocols.get(name);
        if (protocol == null) {
            problems.add(values, key, "only names that listener.security.protocol.map gives a protocol, not " + name);
            return null;
        }
        String host = parts.group(2) != null ? parts.group(2) : parts.group(3);
        return new Endpoint(name, protocol, host, Integer.parseInt(parts.group(4)));
    }

    private void checkBound(List<Endpoint> bound) {
        Map<Integer, Endpoint> byPort = new HashMap<>();
        for (Endpoint endpoint : bound) {
            Endpoint other = endpoint.port() == 0 ? null : byPort.put(endpoint.port(), endpoint);
            if (other != null && (other.host().equals(endpoint.host()) || isEvery(other) || isEvery(endpoint))) {
                problems.add(
                        values,
                        ListenerConfig.LISTENERS,
                        "each port once, not " + endpoint.port() + " for both " + other.listenerName() + " and "
                                + endpoint.listenerName());
            }
            if (endpoint.protocol() != SecurityProtocol.PLAINTEXT) {
                problems.add(
                        values,
                        ListenerConfig.LISTENERS,
                        "listeners that speak PLAINTEXT, because TLS and SASL are not available in this version; "
                                + endpoint.listenerName() + " speaks " + endpoint.protocol());
            }
        }
    }

    private static boolean isEvery(Endpoint endpoint) {
        return endpoint.host().isEmpty()
                || endpoint.host().equals("0.0.0.0")
                || endpoint.host().equals("::");
    }

    private String interBroker() {
        boolean byName = values.isSet(ListenerConfig.INTER_BROKER_LISTENER_NAME);
        if (byName && values.isSet(ListenerConfig.SECURITY_INTER_BROKER_PROTOCOL)) {
            problems.add(
                    values,
                    ListenerConfig.INTER_BROKER_LISTENER_NAME,
                    "only one of inter.broker.listener.name and security.inter.broker.protocol");
        }
        String name = upper(values.orNull(ListenerConfig.INTER_BROKER_LISTENER_NAME));
        return name != null ? name : values.get(ListenerConfig.SECURITY_INTER_BROKER_PROTOCOL);
    }

    private static @Nullable String upper(@Nullable String name) {
        return name == null ? null : name.toUpperCase(Locale.ROOT);
    }

    private static List<String> names(List<Endpoint> endpoints) {
        return endpoints.stream().map(Endpoint::listenerName).toList();
    }
}
