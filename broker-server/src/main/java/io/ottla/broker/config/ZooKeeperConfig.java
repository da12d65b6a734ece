package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofList;
import static io.ottla.broker.config.ConfigKey.ofPassword;
import static io.ottla.broker.config.ConfigKey.ofString;

import org.jspecify.annotations.Nullable;

/** The ensemble that coordinates the cluster; without zookeeper.connect one server runs inside this process. Immutable. */
public final class ZooKeeperConfig {
    static final ConfigKey<String> ZOOKEEPER_CONNECT = ofString("zookeeper.connect", null)
            .high()
            .implemented(
                    "Ensemble as host:port pairs with commas between them, optionally followed by one /chroot; unset runs an embedded server.");
    static final ConfigKey<Integer> ZOOKEEPER_SESSION_TIMEOUT_MS = ofInt("zookeeper.session.timeout.ms", 18000)
            .high()
            .implemented("ZooKeeper declares this broker gone after this long without a heartbeat.");
    static final ConfigKey<Integer> ZOOKEEPER_CONNECTION_TIMEOUT_MS = ofInt("zookeeper.connection.timeout.ms", null)
            .high()
            .implemented("How long the start waits for ZooKeeper; unset means zookeeper.session.timeout.ms.");
    static final ConfigKey<Integer> ZOOKEEPER_MAX_IN_FLIGHT_REQUESTS = ofInt("zookeeper.max.in.flight.requests", 10)
            .atLeast(1)
            .high()
            .implemented("Most requests to ZooKeeper that wait for their answers at a time.");
    static final ConfigKey<Integer> ZOOKEEPER_EMBEDDED_PORT = ofInt("zookeeper.embedded.port", 0)
            .between(0, 65535)
            .from(ConfigKey.Origin.OTTLA)
            .implemented("Loopback port of the embedded server; 0 takes a free one.");
    static final ConfigKey<String> ZOOKEEPER_EMBEDDED_DATA_DIR = ofString("zookeeper.embedded.data.dir", null)
            .from(ConfigKey.Origin.OTTLA)
            .implemented(
                    "Data directory of the embedded server; unset means the first log directory's name followed by -zookeeper.");

    static final KeyGroup KEYS = KeyGroup.of(
            "ZooKeeper",
            "The ensemble that coordinates the cluster; without zookeeper.connect one server runs inside this process.",
            ZOOKEEPER_CONNECT,
            ZOOKEEPER_SESSION_TIMEOUT_MS,
            ZOOKEEPER_CONNECTION_TIMEOUT_MS,
            ZOOKEEPER_MAX_IN_FLIGHT_REQUESTS,
            ofBoolean("zookeeper.set.acl", false)
                    .high()
                    .withoutEffect("Whether new znodes are made writable for their creator only."),
            ofString("zookeeper.clientCnxnSocket", null).withoutEffect("Socket class of the ZooKeeper client."),
            ofBoolean("zookeeper.ssl.client.enable", false).withoutEffect("Whether to speak TLS to ZooKeeper."),
            ofString("zookeeper.ssl.keystore.location", null)
                    .withoutEffect("File with the certificate shown to ZooKeeper."),
            ofPassword("zookeeper.ssl.keystore.password").withoutEffect("Password of that file."),
            ofString("zookeeper.ssl.keystore.type", null).withoutEffect("Format of that file."),
            ofString("zookeeper.ssl.truststore.location", null)
                    .withoutEffect("File with the authorities trusted to sign ZooKeeper's certificate."),
            ofPassword("zookeeper.ssl.truststore.password").withoutEffect("Password of that file."),
            ofString("zookeeper.ssl.truststore.type", null).withoutEffect("Format of that file."),
            ofString("zookeeper.ssl.protocol", "TLSv1.2")
                    .low()
                    .withoutEffect("TLS version to begin with towards ZooKeeper."),
            ofList("zookeeper.ssl.enabled.protocols", null)
                    .low()
                    .withoutEffect("TLS versions allowed towards ZooKeeper."),
            ofList("zookeeper.ssl.cipher.suites", null).low().withoutEffect("Cipher suites allowed towards ZooKeeper."),
            ofString("zookeeper.ssl.endpoint.identification.algorithm", "HTTPS")
                    .low()
                    .withoutEffect("How ZooKeeper's host name is checked against its certificate."),
            ofBoolean("zookeeper.ssl.crl.enable", false)
                    .low()
                    .withoutEffect("Whether revocation lists are consulted for ZooKeeper's certificate."),
            ofBoolean("zookeeper.ssl.ocsp.enable", false)
                    .low()
                    .withoutEffect("Whether OCSP is consulted for ZooKeeper's certificate."),
            ofBoolean("zookeeper.metadata.migration.enable", false)
                    .high()
                    .withoutEffect("Migration to KRaft; this broker stays on ZooKeeper."),
            ofInt("zookeeper.metadata.migration.min.batch.size", 200)
                    .atLeast(1)
                    .hidden()
                    .withoutEffect("Batch size of that migration."),
            ZOOKEEPER_EMBEDDED_PORT,
            ZOOKEEPER_EMBEDDED_DATA_DIR);

    private final ConfigValues values;

    ZooKeeperConfig(ConfigValues values) {
        this.values = values;
    }

    /** Ensemble as host:port pairs with commas between them, optionally followed by one /chroot; unset runs an embedded server. */
    public @Nullable String connect() {
        return values.orNull(ZOOKEEPER_CONNECT);
    }

    /** ZooKeeper declares this broker gone after this long without a heartbeat. */
    public int sessionTimeoutMs() {
        return values.get(ZOOKEEPER_SESSION_TIMEOUT_MS);
    }

    /** Most requests to ZooKeeper that wait for their answers at a time. */
    public int maxInFlightRequests() {
        return values.get(ZOOKEEPER_MAX_IN_FLIGHT_REQUESTS);
    }

    /** How long the start waits for ZooKeeper, in ms. */
    public int connectionTimeoutMs() {
        Integer timeoutMs = values.orNull(ZOOKEEPER_CONNECTION_TIMEOUT_MS);
        return timeoutMs != null ? timeoutMs : sessionTimeoutMs();
    }

    /** Whether a server is to be run in this process, because no ensemble is named. */
    public boolean embedded() {
        return connect() == null;
    }

    /** Loopback port of the embedded server; 0 takes a free one. */
    public int embeddedPort() {
        return values.get(ZOOKEEPER_EMBEDDED_PORT);
    }

    /** Data directory of the embedded server: beside the first log directory, never inside it. */
    public String embeddedDataDir() {
        String dir = values.orNull(ZOOKEEPER_EMBEDDED_DATA_DIR);
        return dir != null ? dir : new StorageConfig(values).logDirs().get(0).replaceAll("/+$", "") + "-zookeeper";
    }
}
