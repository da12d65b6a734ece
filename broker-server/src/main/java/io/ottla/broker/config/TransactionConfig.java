package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofShort;

/** The transaction coordinator and its log. Immutable. */
public final class TransactionConfig {
    static final ConfigKey<Integer> TRANSACTION_MAX_TIMEOUT_MS = ofInt("transaction.max.timeout.ms", 900000)
            .atLeast(1)
            .high()
            .implemented("Largest transaction timeout a producer may ask for.");
    static final ConfigKey<Integer> TRANSACTIONAL_ID_EXPIRATION_MS = ofInt("transactional.id.expiration.ms", 604800000)
            .atLeast(1)
            .high()
            .implemented("A transactional id unused for this long is forgotten.");
    static final ConfigKey<Integer> STATE_LOG_NUM_PARTITIONS = ofInt("transaction.state.log.num.partitions", 50)
            .atLeast(1)
            .high()
            .implemented("Partitions of __transaction_state; not to be changed once it exists.");
    static final ConfigKey<Short> STATE_LOG_REPLICATION_FACTOR = ofShort("transaction.state.log.replication.factor", 3)
            .atLeast(1)
            .high()
            .implemented(
                    "Replicas of __transaction_state; fewer are taken, and said, where fewer brokers live at its creation.");
    static final ConfigKey<Integer> STATE_LOG_MIN_ISR = ofInt("transaction.state.log.min.isr", 2)
            .atLeast(1)
            .high()
            .implemented("min.insync.replicas of __transaction_state, at most as many as it has replicas.");
    static final ConfigKey<Integer> STATE_LOG_SEGMENT_BYTES = ofInt("transaction.state.log.segment.bytes", 104857600)
            .atLeast(1)
            .high()
            .implemented("Segment size of __transaction_state.");
    static final ConfigKey<Integer> STATE_LOG_LOAD_BUFFER_SIZE = ofInt(
                    "transaction.state.log.load.buffer.size", 5242880)
            .atLeast(1)
            .high()
            .implemented("Bytes read at a time when transaction state is loaded.");
    static final ConfigKey<Integer> ABORT_TIMED_OUT_INTERVAL_MS = ofInt(
                    "transaction.abort.timed.out.transaction.cleanup.interval.ms", 10000)
            .atLeast(1)
            .low()
            .implemented("How often transactions are looked at for their timeout.");
    static final ConfigKey<Integer> REMOVE_EXPIRED_INTERVAL_MS = ofInt(
                    "transaction.remove.expired.transaction.cleanup.interval.ms", 3600000)
            .atLeast(1)
            .low()
            .implemented("How often transactional ids are looked at for expiry.");

    static final ConfigKey<Boolean> TRANSACTION_PARTITION_VERIFICATION_ENABLE = ofBoolean(
                    "transaction.partition.verification.enable", true)
            .clusterWide()
            .low()
            .implemented("Whether a partition checks that it belongs to a transaction before it appends.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Transactions",
            "The transaction coordinator and its log.",
            TRANSACTION_MAX_TIMEOUT_MS,
            TRANSACTIONAL_ID_EXPIRATION_MS,
            STATE_LOG_NUM_PARTITIONS,
            STATE_LOG_REPLICATION_FACTOR,
            STATE_LOG_MIN_ISR,
            STATE_LOG_SEGMENT_BYTES,
            STATE_LOG_LOAD_BUFFER_SIZE,
            ABORT_TIMED_OUT_INTERVAL_MS,
            REMOVE_EXPIRED_INTERVAL_MS,
            TRANSACTION_PARTITION_VERIFICATION_ENABLE);

    private final ConfigValues values;

    TransactionConfig(ConfigValues values) {
        this.values = values;
    }

    /** Largest transaction timeout a producer may ask for. */
    public int maxTimeoutMs() {
        return values.get(TRANSACTION_MAX_TIMEOUT_MS);
    }

    /** A transactional id unused for this long is forgotten. */
    public int idExpirationMs() {
        return values.get(TRANSACTIONAL_ID_EXPIRATION_MS);
    }

    /** Partitions of __transaction_state; not to be changed once it exists. */
    public int topicPartitions() {
        return values.get(STATE_LOG_NUM_PARTITIONS);
    }

    /** Replicas of __transaction_state; fewer are taken, and said, where fewer brokers live at its creation. */
    public short topicReplicationFactor() {
        return values.get(STATE_LOG_REPLICATION_FACTOR);
    }

    /** min.insync.replicas of __transaction_state, at most as many as it has replicas. */
    public int topicMinInSyncReplicas() {
        return values.get(STATE_LOG_MIN_ISR);
    }

    /** Segment size of __transaction_state. */
    public int topicSegmentBytes() {
        return values.get(STATE_LOG_SEGMENT_BYTES);
    }

    /** Bytes read at a time when transaction state is loaded. */
    public int loadBufferBytes() {
        return values.get(STATE_LOG_LOAD_BUFFER_SIZE);
    }

    /** How often transactions are looked at for their timeout. */
    public int timeoutCheckIntervalMs() {
        return values.get(ABORT_TIMED_OUT_INTERVAL_MS);
    }

    /** How often transactional ids are looked at for expiry. */
    public int expiryCheckIntervalMs() {
        return values.get(REMOVE_EXPIRED_INTERVAL_MS);
    }

    /** Whether partitions have transactions verified by their coordinators. */
    public boolean verifiesPartitions() {
        return values.get(TRANSACTION_PARTITION_VERIFICATION_ENABLE);
    }
}
