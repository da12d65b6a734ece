package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofString;

/** Sockets, threads, connection limits and bounds on what is in flight. Immutable. */
public final class NetworkConfig {
    static final ConfigKey<Integer> NUM_NETWORK_THREADS = ofInt("num.network.threads", 3)
            .atLeast(1)
            .clusterWide()
            .high()
            .implementedFromFile(
                    "Event loops that serve connections and own partitions; at most one for two processors.");
    static final ConfigKey<Integer> NUM_IO_THREADS = ofInt("num.io.threads", 8)
            .atLeast(1)
            .clusterWide()
            .high()
            .implemented("Workers for what blocks: cold reads, fsync, recovery, index rebuilds.");
    static final ConfigKey<Integer> BACKGROUND_THREADS = ofInt("background.threads", 10)
            .atLeast(1)
            .clusterWide()
            .high()
            .withoutEffect("Threads for housekeeping such as retention and checkpoints.");
    static final ConfigKey<Integer> QUEUED_MAX_REQUESTS = ofInt("queued.max.requests", 500)
            .atLeast(1)
            .high()
            .implemented("Most requests of one connection in flight before reading from it pauses.");
    static final ConfigKey<Long> QUEUED_MAX_REQUEST_BYTES = ofLong("queued.max.request.bytes", -1L)
            .implemented(
                    "Most bytes of requests in flight over all connections before reading pauses; not positive means no bound.");
    static final ConfigKey<Integer> REQUEST_TIMEOUT_MS = ofInt("request.timeout.ms", 30000)
            .high()
            .implemented("How long the broker waits for an answer to a request of its own.");
    static final ConfigKey<Integer> SOCKET_SEND_BUFFER_BYTES = ofInt("socket.send.buffer.bytes", 102400)
            .high()
            .implemented("SO_SNDBUF of accepted connections; -1 leaves the system's choice.");
    static final ConfigKey<Integer> SOCKET_RECEIVE_BUFFER_BYTES = ofInt("socket.receive.buffer.bytes", 102400)
            .high()
            .implemented("SO_RCVBUF of accepted connections; -1 leaves the system's choice.");
    static final ConfigKey<Integer> SOCKET_LISTEN_BACKLOG_SIZE = ofInt("socket.listen.backlog.size", 50)
            .atLeast(1)
            .implemented("Connections that may wait to be accepted; the system may lower it.");
    static final ConfigKey<Integer> SOCKET_REQUEST_MAX_BYTES = ofInt("socket.request.max.bytes", 104857600)
            .atLeast(1)
            .high()
            .implemented("Largest request frame; a longer one closes its connection.");
    static final ConfigKey<Long> SOCKET_CONNECTION_SETUP_TIMEOUT_MS = ofLong(
                    "socket.connection.setup.timeout.ms", 10000L)
            .implemented("Time limit for opening a connection to another broker.");
    static final ConfigKey<Long> SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS = ofLong(
                    "socket.connection.setup.timeout.max.ms", 30000L)
            .withoutEffect("Upper limit of the growing time limit for opening a connection to another broker.");
    static final ConfigKey<Long> CONNECTIONS_MAX_IDLE_MS = ofLong("connections.max.idle.ms", 600000L)
            .implemented("A connection without traffic for this long is closed.");
    static final ConfigKey<Integer> MAX_CONNECTIONS = ofInt("max.connections", Integer.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .implemented(
                    "Most connections of all listeners together; listener.name.<name>.max.connections bounds one listener.");
    static final ConfigKey<Integer> MAX_CONNECTIONS_PER_IP = ofInt("max.connections.per.ip", Integer.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .implemented("Most connections from one address.");
    static final ConfigKey<String> MAX_CONNECTIONS_PER_IP_OVERRIDES = ofString("max.connections.per.ip.overrides", "")
            .clusterWide()
            .implemented("Exceptions to max.connections.per.ip, as host:count pairs with commas between them.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Network",
            "Sockets, threads, connection limits and bounds on what is in flight.",
            NUM_NETWORK_THREADS,
            NUM_IO_THREADS,
            BACKGROUND_THREADS,
            QUEUED_MAX_REQUESTS,
            QUEUED_MAX_REQUEST_BYTES,
            REQUEST_TIMEOUT_MS,
            SOCKET_SEND_BUFFER_BYTES,
            SOCKET_RECEIVE_BUFFER_BYTES,
            SOCKET_LISTEN_BACKLOG_SIZE,
            SOCKET_REQUEST_MAX_BYTES,
            SOCKET_CONNECTION_SETUP_TIMEOUT_MS,
            SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS,
            CONNECTIONS_MAX_IDLE_MS,
            ofInt("connection.failed.authentication.delay.ms", 100)
                    .atLeast(0)
                    .low()
                    .withoutEffect("Pause before the connection of a failed login is closed."),
            MAX_CONNECTIONS,
            MAX_CONNECTIONS_PER_IP,
            MAX_CONNECTIONS_PER_IP_OVERRIDES,
            ofInt("max.connection.creation.rate", Integer.MAX_VALUE)
                    .atLeast(0)
                    .clusterWide()
                    .withoutEffect("Most new connections per second."));

    private final ConfigValues values;

    NetworkConfig(ConfigValues values) {
        this.values = values;
    }

    /** Event loops that serve connections and own partitions; at most one for two processors. */
    public int networkThreads() {
        return values.get(NUM_NETWORK_THREADS);
    }

    /** Workers for what blocks: cold reads, fsync, recovery, index rebuilds. */
    public int ioThreads() {
        return values.get(NUM_IO_THREADS);
    }

    /** Threads for housekeeping such as retention and checkpoints. */
    public int backgroundThreads() {
        return values.get(BACKGROUND_THREADS);
    }

    /** Most requests of one connection in flight before reading from it pauses. */
    public int queuedMaxRequests() {
        return values.get(QUEUED_MAX_REQUESTS);
    }

    /** Most bytes of requests in flight over all connections before reading pauses; not positive means no bound. */
    public long queuedMaxRequestBytes() {
        return values.get(QUEUED_MAX_REQUEST_BYTES);
    }

    /** How long the broker waits for an answer to a request of its own. */
    public int requestTimeoutMs() {
        return values.get(REQUEST_TIMEOUT_MS);
    }

    /** SO_SNDBUF of accepted connections; -1 leaves the system's choice. */
    public int socketSendBufferBytes() {
        return values.get(SOCKET_SEND_BUFFER_BYTES);
    }

    /** SO_RCVBUF of accepted connections; -1 leaves the system's choice. */
    public int socketReceiveBufferBytes() {
        return values.get(SOCKET_RECEIVE_BUFFER_BYTES);
    }

    /** Connections that may wait to be accepted; the system may lower it. */
    public int socketListenBacklogSize() {
        return values.get(SOCKET_LISTEN_BACKLOG_SIZE);
    }

    /** Largest request frame; a longer one closes its connection. */
    public int socketRequestMaxBytes() {
        return values.get(SOCKET_REQUEST_MAX_BYTES);
    }

    /** First time limit for opening a connection to another broker. */
    public long connectionSetupTimeoutMs() {
        return values.get(SOCKET_CONNECTION_SETUP_TIMEOUT_MS);
    }

    /** A connection without traffic for this long is closed. */
    public long connectionsMaxIdleMs() {
        return values.get(CONNECTIONS_MAX_IDLE_MS);
    }

    /** Most connections of all listeners together; listener.name.{@literal <}name>.max.connections bounds one listener. */
    public int maxConnections() {
        return values.get(MAX_CONNECTIONS);
    }

    /** Most connections from one address. */
    public int maxConnectionsPerIp() {
        return values.get(MAX_CONNECTIONS_PER_IP);
    }

    /** Exceptions to max.connections.per.ip, as host:count pairs with commas between them. */
    public String maxConnectionsPerIpOverrides() {
        return values.get(MAX_CONNECTIONS_PER_IP_OVERRIDES);
    }
}
