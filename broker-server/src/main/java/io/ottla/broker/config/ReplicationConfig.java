package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofString;

import org.jspecify.annotations.Nullable;

/** How followers fetch and when they count as in sync. Immutable. */
public final class ReplicationConfig {
    static final ConfigKey<Integer> NUM_REPLICA_FETCHERS =
            ofInt("num.replica.fetchers", 1).clusterWide().high().implementedFromFile("Fetchers per source broker.");
    static final ConfigKey<Integer> REPLICA_FETCH_MAX_BYTES = ofInt("replica.fetch.max.bytes", 1048576)
            .atLeast(0)
            .implemented("Bytes a follower asks of one partition; a first batch larger than that still comes whole.");
    static final ConfigKey<Integer> REPLICA_FETCH_RESPONSE_MAX_BYTES = ofInt(
                    "replica.fetch.response.max.bytes", 10485760)
            .atLeast(0)
            .implemented("Bytes a follower asks of one fetch over all partitions.");
    static final ConfigKey<Integer> REPLICA_FETCH_MIN_BYTES =
            ofInt("replica.fetch.min.bytes", 1).high().implemented("Bytes a follower's fetch waits for.");
    static final ConfigKey<Integer> REPLICA_FETCH_WAIT_MAX_MS = ofInt("replica.fetch.wait.max.ms", 500)
            .high()
            .implemented("How long a follower's fetch waits for them; keep it well below replica.lag.time.max.ms.");
    static final ConfigKey<Integer> REPLICA_FETCH_BACKOFF_MS = ofInt("replica.fetch.backoff.ms", 1000)
            .atLeast(0)
            .implemented("Longest pause of a follower after failed fetches; the first ones are shorter.");
    static final ConfigKey<Long> REPLICA_LAG_TIME_MAX_MS = ofLong("replica.lag.time.max.ms", 30000L)
            .high()
            .implemented("A follower that has not caught up for this long leaves the ISR.");
    static final ConfigKey<Long> REPLICA_HIGH_WATERMARK_CHECKPOINT_INTERVAL_MS = ofLong(
                    "replica.high.watermark.checkpoint.interval.ms", 5000L)
            .high()
            .implemented("How often high watermarks are written.");
    static final ConfigKey<Integer> REPLICA_SOCKET_TIMEOUT_MS =
            ofInt("replica.socket.timeout.ms", 30000).high().implemented("How long a follower waits for an answer.");
    static final ConfigKey<Integer> REPLICA_SOCKET_RECEIVE_BUFFER_BYTES = ofInt(
                    "replica.socket.receive.buffer.bytes", 65536)
            .high()
            .implemented("SO_RCVBUF of a follower's connections; -1 leaves the system's choice.");

    static final ConfigKey<String> REPLICA_SELECTOR_CLASS = ofString("replica.selector.class", null)
            .implemented(
                    "Which replica a consumer is sent to: org.apache.kafka.common.replica.LeaderSelector, which unset"
                            + " means too, or RackAwareReplicaSelector there; other classes are not known.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Replication",
            "How followers fetch and when they count as in sync.",
            NUM_REPLICA_FETCHERS,
            REPLICA_FETCH_MAX_BYTES,
            REPLICA_FETCH_RESPONSE_MAX_BYTES,
            REPLICA_FETCH_MIN_BYTES,
            REPLICA_FETCH_WAIT_MAX_MS,
            REPLICA_FETCH_BACKOFF_MS,
            REPLICA_LAG_TIME_MAX_MS,
            REPLICA_HIGH_WATERMARK_CHECKPOINT_INTERVAL_MS,
            REPLICA_SOCKET_TIMEOUT_MS,
            REPLICA_SOCKET_RECEIVE_BUFFER_BYTES,
            REPLICA_SELECTOR_CLASS,
            ofString("inter.broker.protocol.version", "3.9-IV0")
                    .withoutEffect("Version that brokers speak among themselves; 3.9 is always spoken."));

    private final ConfigValues values;

    ReplicationConfig(ConfigValues values) {
        this.values = values;
    }

    /** The class that chooses where consumers read, or null. */
    public @Nullable String replicaSelectorClass() {
        return values.orNull(REPLICA_SELECTOR_CLASS);
    }

    /** Fetchers per source broker. */
    public int fetchers() {
        return values.get(NUM_REPLICA_FETCHERS);
    }

    /** Bytes a follower asks of one partition; a first batch larger than that still comes whole. */
    public int fetchMaxBytes() {
        return values.get(REPLICA_FETCH_MAX_BYTES);
    }

    /** Bytes a follower asks of one fetch over all partitions. */
    public int fetchResponseMaxBytes() {
        return values.get(REPLICA_FETCH_RESPONSE_MAX_BYTES);
    }

    /** Bytes a follower's fetch waits for. */
    public int fetchMinBytes() {
        return values.get(REPLICA_FETCH_MIN_BYTES);
    }

    /** How long a follower's fetch waits for them; keep it well below replica.lag.time.max.ms. */
    public int fetchWaitMaxMs() {
        return values.get(REPLICA_FETCH_WAIT_MAX_MS);
    }

    /** Longest pause of a follower after failed fetches; the first ones are shorter. */
    public int fetchBackoffMs() {
        return values.get(REPLICA_FETCH_BACKOFF_MS);
    }

    /** A follower that has not caught up for this long leaves the ISR. */
    public long lagTimeMaxMs() {
        return values.get(REPLICA_LAG_TIME_MAX_MS);
    }

    /** How often high watermarks are written. */
    public long highWatermarkCheckpointIntervalMs() {
        return values.get(REPLICA_HIGH_WATERMARK_CHECKPOINT_INTERVAL_MS);
    }

    /** How long a follower waits for an answer. */
    public int socketTimeoutMs() {
        return values.get(REPLICA_SOCKET_TIMEOUT_MS);
    }

    /** SO_RCVBUF of a follower's connections; -1 leaves the system's choice. */
    public int socketReceiveBufferBytes() {
        return values.get(REPLICA_SOCKET_RECEIVE_BUFFER_BYTES);
    }
}
