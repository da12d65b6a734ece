package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofLong;

/** What the elected controller does by itself, and how brokers leave it. Immutable. */
public final class ControllerConfig {
    static final ConfigKey<Boolean> AUTO_LEADER_REBALANCE_ENABLE = ofBoolean("auto.leader.rebalance.enable", true)
            .high()
            .implemented("Whether leadership returns to preferred replicas by itself.");
    static final ConfigKey<Long> LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS = ofLong(
                    "leader.imbalance.check.interval.seconds", 300L)
            .atLeast(1)
            .high()
            .implemented("How often leadership is looked at for that.");
    static final ConfigKey<Integer> LEADER_IMBALANCE_PER_BROKER_PERCENTAGE = ofInt(
                    "leader.imbalance.per.broker.percentage", 10)
            .high()
            .implemented("Share of a broker's partitions led elsewhere from which leadership returns.");
    static final ConfigKey<Integer> CONTROLLER_SOCKET_TIMEOUT_MS = ofInt("controller.socket.timeout.ms", 30000)
            .implemented("How long the controller waits for an answer of a broker.");
    static final ConfigKey<Boolean> CONTROLLED_SHUTDOWN_ENABLE = ofBoolean("controlled.shutdown.enable", true)
            .implemented("Whether a broker that stops first asks the controller to move its leadership.");
    static final ConfigKey<Integer> CONTROLLED_SHUTDOWN_MAX_RETRIES = ofInt("controlled.shutdown.max.retries", 3)
            .implemented("How many of the longest pauses that request is repeated for.");
    static final ConfigKey<Long> CONTROLLED_SHUTDOWN_RETRY_BACKOFF_MS =
            ofLong("controlled.shutdown.retry.backoff.ms", 5000L).implemented("Longest pause before it is repeated.");
    static final ConfigKey<Boolean> CLUSTER_OTTLA_ONLY = ofBoolean("cluster.ottla.only", false)
            .from(ConfigKey.Origin.OTTLA)
            .clusterWide()
            .implemented(
                    "The operator's word that no broker of Apache Kafka is part of this cluster. Only then may kafka-features.sh enable a feature, such as transaction.version: Apache Kafka on ZooKeeper knows none, and its brokers do not start where one is enabled. Once all are at level 0 again, they do.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Controller",
            "What the elected controller does by itself, and how brokers leave it.",
            AUTO_LEADER_REBALANCE_ENABLE,
            LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS,
            LEADER_IMBALANCE_PER_BROKER_PERCENTAGE,
            CONTROLLER_SOCKET_TIMEOUT_MS,
            CONTROLLED_SHUTDOWN_ENABLE,
            CONTROLLED_SHUTDOWN_MAX_RETRIES,
            CONTROLLED_SHUTDOWN_RETRY_BACKOFF_MS,
            CLUSTER_OTTLA_ONLY,
            ofLong("unclean.leader.election.interval.ms", 300000L)
                    .atLeast(1)
                    .hidden()
                    .withoutEffect("How often a KRaft controller looks for unclean elections."),
            ofBoolean("eligible.leader.replicas.enable", false)
                    .high()
                    .withoutEffect(
                            "Whether replicas known to hold all committed records are remembered beyond the ISR."));

    private final ConfigValues values;

    ControllerConfig(ConfigValues values) {
        this.values = values;
    }

    /** Whether leadership returns to preferred replicas by itself. */
    public boolean autoLeaderRebalance() {
        return values.get(AUTO_LEADER_REBALANCE_ENABLE);
    }

    /** How often leadership is looked at for that. */
    public long leaderImbalanceCheckIntervalSeconds() {
        return values.get(LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS);
    }

    /** Share of a broker's partitions led elsewhere from which leadership returns. */
    public int leaderImbalancePerBrokerPercentage() {
        return values.get(LEADER_IMBALANCE_PER_BROKER_PERCENTAGE);
    }

    /** How long the controller waits for an answer of a broker. */
    public int socketTimeoutMs() {
        return values.get(CONTROLLER_SOCKET_TIMEOUT_MS);
    }

    /** Whether a broker that stops first asks the controller to move its leadership. */
    public boolean controlledShutdown() {
        return values.get(CONTROLLED_SHUTDOWN_ENABLE);
    }

    /** How often that request is repeated. */
    public int controlledShutdownMaxRetries() {
        return values.get(CONTROLLED_SHUTDOWN_MAX_RETRIES);
    }

    /** Whether the operator has said that no broker of Apache Kafka is part of this cluster. */
    public boolean ottlaOnly() {
        return values.get(CLUSTER_OTTLA_ONLY);
    }

    /** Pause before it is repeated. */
    public long controlledShutdownRetryBackoffMs() {
        return values.get(CONTROLLED_SHUTDOWN_RETRY_BACKOFF_MS);
    }
}
