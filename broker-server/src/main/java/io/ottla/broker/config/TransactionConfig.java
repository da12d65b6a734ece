package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofShort;

/** The transaction coordinator and its log. Immutable. */
public final class TransactionConfig {
    static final ConfigKey<Integer> TRANSACTION_MAX_TIMEOUT_MS = ofInt("transaction.max.timeout.ms", 900000)
            .atLeast(1)
            .high()
            .withoutEffect("Largest transaction timeout a producer may ask for.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Transactions",
            "The transaction coordinator and its log.",
            TRANSACTION_MAX_TIMEOUT_MS,
            ofInt("transactional.id.expiration.ms", 604800000)
                    .atLeast(1)
                    .high()
                    .withoutEffect("A transactional id unused for this long is forgotten."),
            ofInt("transaction.state.log.num.partitions", 50)
                    .atLeast(1)
                    .high()
                    .withoutEffect("Partitions of __transaction_state; not to be changed once it exists."),
            ofShort("transaction.state.log.replication.factor", 3)
                    .atLeast(1)
                    .high()
                    .withoutEffect("Replicas of __transaction_state."),
            ofInt("transaction.state.log.min.isr", 2)
                    .atLeast(1)
                    .high()
                    .withoutEffect("min.insync.replicas of __transaction_state."),
            ofInt("transaction.state.log.segment.bytes", 104857600)
                    .atLeast(1)
                    .high()
                    .withoutEffect("Segment size of __transaction_state."),
            ofInt("transaction.state.log.load.buffer.size", 5242880)
                    .atLeast(1)
                    .high()
                    .withoutEffect("Bytes read at a time when transaction state is loaded."),
            ofInt("transaction.abort.timed.out.transaction.cleanup.interval.ms", 10000)
                    .atLeast(1)
                    .low()
                    .withoutEffect("How often transactions are looked at for their timeout."),
            ofInt("transaction.remove.expired.transaction.cleanup.interval.ms", 3600000)
                    .atLeast(1)
                    .low()
                    .withoutEffect("How often transactional ids are looked at for expiry."),
            ofBoolean("transaction.partition.verification.enable", true)
                    .clusterWide()
                    .low()
                    .withoutEffect("Whether a partition checks that it belongs to a transaction before it appends."));

    private final ConfigValues values;

    TransactionConfig(ConfigValues values) {
        this.values = values;
    }

    /** Largest transaction timeout a producer may ask for. */
    public int maxTimeoutMs() {
        return values.get(TRANSACTION_MAX_TIMEOUT_MS);
    }
}
