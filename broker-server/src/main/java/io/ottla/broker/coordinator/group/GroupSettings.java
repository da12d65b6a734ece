package io.ottla.broker.coordinator.group;

import io.ottla.broker.coordinator.runtime.ShardSettings;

/**
 * How the group coordinator behaves.
 *
 * @param offsetsTopicPartitions how many partitions the offsets topic has by itself, or will get when it is created
 *     ({@code offsets.topic.num.partitions})
 */
public record GroupSettings(int offsetsTopicPartitions, Membership membership, Offsets offsets, ShardSettings shards) {

    /**
     * Limits on groups and their members.
     *
     * @param minSessionTimeoutMs {@code group.min.session.timeout.ms}
     * @param maxSessionTimeoutMs {@code group.max.session.timeout.ms}
     * @param maxSize {@code group.max.size}
     * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}
     */
    public record Membership(
            int minSessionTimeoutMs, int maxSessionTimeoutMs, int maxSize, int initialRebalanceDelayMs) {}

    /**
     * Limits on committed offsets.
     *
     * @param metadataMaxBytes {@code offset.metadata.max.bytes}
     * @param retentionMs {@code offsets.retention.minutes}
     * @param retentionCheckIntervalMs {@code offsets.retention.check.interval.ms}
     */
    public record Offsets(int metadataMaxBytes, long retentionMs, long retentionCheckIntervalMs) {}
}
