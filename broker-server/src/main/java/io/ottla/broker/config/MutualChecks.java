package io.ottla.broker.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Conditions on several properties at once. */
final class MutualChecks {
    private static final Pattern ENSEMBLE =
            Pattern.compile("[^,/:\\s]+(:[0-9]{1,5})?(\\s*,\\s*[^,/:\\s]+(:[0-9]{1,5})?)*(/[^\\s]*)?|\\[.+");

    private final ConfigValues values;
    private final Problems problems;

    MutualChecks(ConfigValues values, Problems problems) {
        this.values = values;
        this.problems = problems;
    }

    void run() {
        checkIdentity();
        checkZooKeeper();
        checkLogs();
        checkGroups();
        checkReplication();
        checkNetwork();
        if (!values.get(KraftConfig.PROCESS_ROLES).isEmpty()) {
            problems.add(
                    values,
                    KraftConfig.PROCESS_ROLES,
                    "nothing, because this broker is coordinated through ZooKeeper; leave the key out");
        }
    }

    private void checkIdentity() {
        int id = values.get(IdentityConfig.BROKER_ID);
        boolean generated = values.get(IdentityConfig.BROKER_ID_GENERATION_ENABLE);
        int max = values.get(IdentityConfig.RESERVED_BROKER_MAX_ID);
        if (generated) {
            require(
                    id >= -1 && id <= max,
                    IdentityConfig.BROKER_ID,
                    "-1 or a number up to reserved.broker.max.id " + max);
        } else {
            require(id >= 0, IdentityConfig.BROKER_ID, "at least 0 when broker.id.generation.enable is false");
        }
        require(id == values.get(IdentityConfig.NODE_ID), IdentityConfig.NODE_ID, "the same number as broker.id " + id);
    }

    private void checkZooKeeper() {
        String connect = values.orNull(ZooKeeperConfig.ZOOKEEPER_CONNECT);
        require(
                connect == null || ENSEMBLE.matcher(connect.trim()).matches(),
                ZooKeeperConfig.ZOOKEEPER_CONNECT,
                "host:port pairs with commas between them and at most one /chroot at the end;"
                        + " leave the key out for an embedded server");
        require(
                values.get(ZooKeeperConfig.ZOOKEEPER_SESSION_TIMEOUT_MS) > 0,
                ZooKeeperConfig.ZOOKEEPER_SESSION_TIMEOUT_MS,
                "at least 1");
    }

    private void checkLogs() {
        LogDefaults logs = new LogDefaults(values);
        require(!new StorageConfig(values).logDirs().isEmpty(), StorageConfig.LOG_DIRS, "at least one directory");
        require(logs.rollMs() >= 1, LogDefaults.LOG_ROLL_MS, "at least 1");
        require(logs.rollJitterMs() >= 0, LogDefaults.LOG_ROLL_JITTER_MS, "at least 0");
        requireRetention(values.orNull(LogDefaults.LOG_RETENTION_MS), LogDefaults.LOG_RETENTION_MS);
        requireRetention(values.orNull(LogDefaults.LOG_RETENTION_MINUTES), LogDefaults.LOG_RETENTION_MINUTES);
        requireRetention(values.orNull(LogDefaults.LOG_RETENTION_HOURS), LogDefaults.LOG_RETENTION_HOURS);
        require(
                logs.minCompactionLagMs() <= logs.maxCompactionLagMs(),
                LogDefaults.LOG_CLEANER_MIN_COMPACTION_LAG_MS,
                "at most log.cleaner.max.compaction.lag.ms " + logs.maxCompactionLagMs());
        require(!logs.cleanupPolicy().isEmpty(), LogDefaults.LOG_CLEANUP_POLICY, "compact, delete or both");
    }

    private void requireRetention(@Nullable Number retention, ConfigKey<?> key) {
        require(
                retention == null || retention.longValue() == -1 || retention.longValue() >= 1,
                key,
                "-1 for no limit, or at least 1");
    }

    private void checkGroups() {
        GroupConfig groups = new GroupConfig(values);
        require(
                groups.minSessionTimeoutMs() <= groups.maxSessionTimeoutMs(),
                GroupConfig.GROUP_MIN_SESSION_TIMEOUT_MS,
                "at most group.max.session.timeout.ms " + groups.maxSessionTimeoutMs());
        require(groups.maxSize() >= 1, GroupConfig.GROUP_MAX_SIZE, "at least 1");
        require(groups.initialRebalanceDelayMs() >= 0, GroupConfig.GROUP_INITIAL_REBALANCE_DELAY_MS, "at least 0");
        int codec = groups.offsetsTopicCompressionCodec();
        require(
                codec >= 0 && codec <= 4,
                GroupConfig.OFFSETS_TOPIC_COMPRESSION_CODEC,
                "0 none, 1 gzip, 2 snappy, 3 lz4 or 4 zstd");
    }

    private void checkReplication() {
        ReplicationConfig replication = new ReplicationConfig(values);
        require(
                replication.fetchWaitMaxMs() <= replication.lagTimeMaxMs(),
                ReplicationConfig.REPLICA_FETCH_WAIT_MAX_MS,
                "at most replica.lag.time.max.ms " + replication.lagTimeMaxMs());
        require(replication.fetchers() >= 1, ReplicationConfig.NUM_REPLICA_FETCHERS, "at least 1");
        require(
                values.get(TopicDefaults.DEFAULT_REPLICATION_FACTOR) >= 1,
                TopicDefaults.DEFAULT_REPLICATION_FACTOR,
                "at least 1");
        requireBufferSize(ReplicationConfig.REPLICA_SOCKET_RECEIVE_BUFFER_BYTES);
    }

    private void checkNetwork() {
        requireBufferSize(NetworkConfig.SOCKET_SEND_BUFFER_BYTES);
        requireBufferSize(NetworkConfig.SOCKET_RECEIVE_BUFFER_BYTES);
        require(values.get(NetworkConfig.REQUEST_TIMEOUT_MS) >= 1, NetworkConfig.REQUEST_TIMEOUT_MS, "at least 1");
        for (String pair :
                values.get(NetworkConfig.MAX_CONNECTIONS_PER_IP_OVERRIDES).split(",", -1)) {
            require(
                    pair.isBlank() || pair.trim().matches(".+:[0-9]{1,9}"),
                    NetworkConfig.MAX_CONNECTIONS_PER_IP_OVERRIDES,
                    "host:count pairs with commas between them, not " + pair.trim());
        }
    }

    private void requireBufferSize(ConfigKey<Integer> key) {
        int size = values.get(key);
        require(size == -1 || size >= 1, key, "-1 for the system's choice, or at least 1");
    }

    private void require(boolean holds, ConfigKey<?> key, String expected) {
        if (!holds) {
            problems.add(values, key, expected);
        }
    }
}
