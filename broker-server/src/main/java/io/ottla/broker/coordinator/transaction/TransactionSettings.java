package io.ottla.broker.coordinator.transaction;

import io.ottla.broker.coordinator.runtime.ShardSettings;

/**
 * How the transaction coordinator behaves.
 *
 * @param topicPartitions how many partitions the state topic has, or will get when it is created
 *     ({@code transaction.state.log.num.partitions})
 * @param maxTimeoutMs {@code transaction.max.timeout.ms}
 * @param idExpirationMs {@code transactional.id.expiration.ms}
 * @param timeoutCheckIntervalMs {@code transaction.abort.timed.out.transaction.cleanup.interval.ms}
 * @param expiryCheckIntervalMs {@code transaction.remove.expired.transaction.cleanup.interval.ms}
 */
public record TransactionSettings(
        int topicPartitions,
        int maxTimeoutMs,
        long idExpirationMs,
        long timeoutCheckIntervalMs,
        long expiryCheckIntervalMs,
        ShardSettings shards) {}
