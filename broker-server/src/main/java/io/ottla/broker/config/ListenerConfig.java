package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofString;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which addresses the broker binds, what it tells clients to dial, and which listener brokers use among themselves. Immutable. */
public final class ListenerConfig {
    static final ConfigKey<String> LISTENERS = ofString("listeners", "PLAINTEXT://:9092")
            .perBroker()
            .high()
            .implementedFromFile(
                    "Addresses to bind, as NAME://host:port with commas between them; an empty host binds every interface, port 0 takes a free one.");
    static final ConfigKey<String> ADVERTISED_LISTENERS = ofString("advertised.listeners", null)
            .perBroker()
            .high()
            .implementedFromFile(
                    "Addresses handed to clients and other brokers, in the form of listeners; unset means the bound ones.");
    static final ConfigKey<String> LISTENER_SECURITY_PROTOCOL_MAP = ofString(
                    "listener.security.protocol.map",
                    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT")
            .perBroker()
            .low()
            .implementedFromFile("Which security protocol each listener name speaks, as NAME:PROTOCOL pairs.");
    static final ConfigKey<String> INTER_BROKER_LISTENER_NAME = ofString("inter.broker.listener.name", null)
            .implemented("The listener that brokers use among themselves; excludes security.inter.broker.protocol.");
    static final ConfigKey<String> SECURITY_INTER_BROKER_PROTOCOL = ofString(
                    "security.inter.broker.protocol", "PLAINTEXT")
            .oneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
            .implemented(
                    "The protocol that brokers use among themselves; it names the listener unless inter.broker.listener.name does.");
    static final ConfigKey<String> CONTROL_PLANE_LISTENER_NAME = ofString("control.plane.listener.name", null)
            .high()
            .withoutEffect(
                    "A listener reserved for requests of the controller; unset means that they share the inter-broker listener.");
    static final ConfigKey<Integer> PORT = ofInt("port", 9092)
            .between(0, 65535)
            .from(ConfigKey.Origin.OLD_KAFKA)
            .implemented("Port of one plaintext listener, for use without listeners.");
    static final ConfigKey<String> HOST_NAME = ofString("host.name", "")
            .from(ConfigKey.Origin.OLD_KAFKA)
            .implemented("Host of that listener; empty binds every interface.");
    static final ConfigKey<String> ADVERTISED_HOST_NAME = ofString("advertised.host.name", null)
            .from(ConfigKey.Origin.OLD_KAFKA)
            .implemented("Host told to clients, for use without advertised.listeners; unset means host.name.");
    static final ConfigKey<Integer> ADVERTISED_PORT = ofInt("advertised.port", null)
            .between(0, 65535)
            .from(ConfigKey.Origin.OLD_KAFKA)
            .implemented("Port told to clients, for use without advertised.listeners; unset means port.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Listeners",
            "Which addresses the broker binds, what it tells clients to dial, and which listener brokers use among themselves.",
            LISTENERS,
            ADVERTISED_LISTENERS,
            LISTENER_SECURITY_PROTOCOL_MAP,
            INTER_BROKER_LISTENER_NAME,
            SECURITY_INTER_BROKER_PROTOCOL,
            CONTROL_PLANE_LISTENER_NAME,
            ofString("early.start.listeners", null)
                    .high()
                    .withoutEffect("Listeners to open before the authorizer is ready; a KRaft notion."),
            PORT,
            HOST_NAME,
            ADVERTISED_HOST_NAME,
            ADVERTISED_PORT);

    private final List<Endpoint> bound;
    private final List<Endpoint> advertised;
    private final String interBrokerListenerName;
    private final @Nullable String controlPlaneListenerName;

    ListenerConfig(
            List<Endpoint> bound,
            List<Endpoint> advertised,
            String interBrokerListenerName,
            @Nullable String controlPlaneListenerName) {
        this.bound = bound;
        this.advertised = advertised;
        this.interBrokerListenerName = interBrokerListenerName;
        this.controlPlaneListenerName = controlPlaneListenerName;
    }

    /** The addresses to bind, in the order given; an empty host is every interface, port 0 a free one. */
    public List<Endpoint> bound() {
        return bound;
    }

    /**
     * The addresses to hand out, as configured: an empty host stands for this machine's name, port 0 for the port that the
     * listener of the same name has bound.
     */
    public List<Endpoint> advertised() {
        return advertised;
    }

    /** The listener by which brokers reach one another. */
    public String interBrokerListenerName() {
        return interBrokerListenerName;
    }

    /** The listener reserved for the controller's requests, or null. */
    public @Nullable String controlPlaneListenerName() {
        return controlPlaneListenerName;
    }
}
