package io.ottla.broker.coordinator.group;

import io.ottla.broker.config.GroupConfig;
import io.ottla.broker.coordinator.runtime.ShardSettings;
import io.ottla.protocol.record.CompressionCodec;
import java.util.concurrent.TimeUnit;

/**
 * How the group coordinator behaves.
 *
 * @param offsetsTopicPartitions how many partitions the offsets topic has, or will get when it is created
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

    /**
     * The settings of a broker.
     *
     * @param offsetsTopicPartitions as above: the topic's own number if it exists, whatever is configured by now
     * @param maxBatchBytes the largest batch that the offsets topic accepts
     * @throws IllegalArgumentException if {@code offsets.topic.compression.codec} is no codec
     */
    public static GroupSettings of(GroupConfig config, int offsetsTopicPartitions, int maxBatchBytes) {
        CompressionCodec codec = CompressionCodec.forId(config.offsetsTopicCompressionCodec());
        if (codec == null) {
            throw new IllegalArgumentException("offsets.topic.compression.codec is "
                    + config.offsetsTopicCompressionCodec() + ", expected 0 to 4");
        }
        return new GroupSettings(
                offsetsTopicPartitions,
                new Membership(
                        config.minSessionTimeoutMs(),
                        config.maxSessionTimeoutMs(),
                        config.maxSize(),
                        config.initialRebalanceDelayMs()),
                new Offsets(
                        config.offsetMetadataMaxBytes(),
                        TimeUnit.MINUTES.toMillis(config.offsetsRetentionMinutes()),
                        config.offsetsRetentionCheckIntervalMs()),
                new ShardSettings(
                        config.offsetsCommitTimeoutMs(), maxBatchBytes, config.offsetsLoadBufferBytes(), codec));
    }
}
