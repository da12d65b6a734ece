package io.ottla.storage.log;

import java.util.Set;

/**
 * The effective settings of one topic's logs, in typed form: broker defaults with the topic's overrides applied. The
 * names of the components follow Apache Kafka's topic configs; each is given with its record.
 */
public record LogConfig(
        Segments segments,
        Flush flush,
        Retention retention,
        Compaction compaction,
        Messages messages,
        Replicas replicas,
        Tiering tiering) {

    /** Apache Kafka's defaults. */
    public static final LogConfig DEFAULT = new LogConfig(
            new Segments(1 << 30, 604_800_000L, 0, 10 << 20, 4096, false, 60_000),
            new Flush(Long.MAX_VALUE, Long.MAX_VALUE),
            new Retention(Set.of(CleanupPolicy.DELETE), -1, 604_800_000L),
            new Compaction(0.5, 86_400_000L, 0, Long.MAX_VALUE),
            new Messages(
                    1_048_588,
                    CompressionType.PRODUCER,
                    new CompressionLevels(-1, 9, 3),
                    TimestampType.CREATE_TIME,
                    Long.MAX_VALUE,
                    3_600_000L,
                    true),
            new Replicas(1, false, ThrottledReplicas.NONE, ThrottledReplicas.NONE),
            new Tiering(false, false, false, -2, -2));

    /**
     * When a segment is rolled and how its files are kept.
     *
     * @param sizeBytes {@code segment.bytes}
     * @param rollMs {@code segment.ms}
     * @param rollJitterMs {@code segment.jitter.ms}, at most {@code rollMs}
     * @param indexSizeBytes {@code segment.index.bytes}
     * @param indexIntervalBytes {@code index.interval.bytes}
     * @param preallocate {@code preallocate}
     * @param fileDeleteDelayMs {@code file.delete.delay.ms}
     */
    public record Segments(
            int sizeBytes,
            long rollMs,
            long rollJitterMs,
            int indexSizeBytes,
            int indexIntervalBytes,
            boolean preallocate,
            long fileDeleteDelayMs) {}

    /**
     * When appended records are forced to disk; {@link Long#MAX_VALUE} leaves it to the operating system.
     *
     * @param messages {@code flush.messages}
     * @param intervalMs {@code flush.ms}
     */
    public record Flush(long messages, long intervalMs) {}

    /** A value of {@code cleanup.policy}. */
    public enum CleanupPolicy {
        DELETE,
        COMPACT
    }

    /**
     * What is deleted.
     *
     * @param policies {@code cleanup.policy}
     * @param sizeBytes {@code retention.bytes}, -1 for no limit
     * @param timeMs {@code retention.ms}, -1 for no limit
     */
    public record Retention(Set<CleanupPolicy> policies, long sizeBytes, long timeMs) {
        public Retention {
            policies = Set.copyOf(policies);
        }

        public boolean deletes() {
            return policies.contains(CleanupPolicy.DELETE);
        }

        public boolean compacts() {
            return policies.contains(CleanupPolicy.COMPACT);
        }
    }

    /**
     * When and what the cleaner compacts.
     *
     * @param minCleanableDirtyRatio {@code min.cleanable.dirty.ratio}
     * @param deleteRetentionMs {@code delete.retention.ms}
     * @param minLagMs {@code min.compaction.lag.ms}
     * @param maxLagMs {@code max.compaction.lag.ms}
     */
    public record Compaction(double minCleanableDirtyRatio, long deleteRetentionMs, long minLagMs, long maxLagMs) {}

    /** A value of {@code compression.type}; {@code PRODUCER} keeps what the producer chose. */
    public enum CompressionType {
        PRODUCER,
        UNCOMPRESSED,
        GZIP,
        SNAPPY,
        LZ4,
        ZSTD
    }

    /**
     * How hard each codec tries when the broker compresses.
     *
     * @param gzip {@code compression.gzip.level}
     * @param lz4 {@code compression.lz4.level}
     * @param zstd {@code compression.zstd.level}
     */
    public record CompressionLevels(int gzip, int lz4, int zstd) {}

    /** A value of {@code message.timestamp.type}. */
    public enum TimestampType {
        CREATE_TIME,
        LOG_APPEND_TIME
    }

    /**
     * What producers may append, and in which form it is kept.
     *
     * @param maxBytes {@code max.message.bytes}, of one batch
     * @param compressionType {@code compression.type}
     * @param compressionLevels {@code compression.*.level}
     * @param timestampType {@code message.timestamp.type}
     * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}
     * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}
     * @param downConversion {@code message.downconversion.enable}; kept for DescribeConfigs, nothing is converted
     */
    public record Messages(
            int maxBytes,
            CompressionType compressionType,
            CompressionLevels compressionLevels,
            TimestampType timestampType,
            long timestampBeforeMaxMs,
            long timestampAfterMaxMs,
            boolean downConversion) {}

    /**
     * What concerns replication.
     *
     * @param minInSync {@code min.insync.replicas}
     * @param uncleanLeaderElection {@code unclean.leader.election.enable}
     * @param leaderThrottled {@code leader.replication.throttled.replicas}
     * @param followerThrottled {@code follower.replication.throttled.replicas}
     */
    public record Replicas(
            int minInSync,
            boolean uncleanLeaderElection,
            ThrottledReplicas leaderThrottled,
            ThrottledReplicas followerThrottled) {}

    /**
     * Tiered storage, which is known and without effect.
     *
     * @param enabled {@code remote.storage.enable}
     * @param copyDisabled {@code remote.log.copy.disable}
     * @param deleteOnDisable {@code remote.log.delete.on.disable}
     * @param localRetentionMs {@code local.retention.ms}, -2 for that of the topic
     * @param localRetentionBytes {@code local.retention.bytes}, -2 for that of the topic
     */
    public record Tiering(
            boolean enabled,
            boolean copyDisabled,
            boolean deleteOnDisable,
            long localRetentionMs,
            long localRetentionBytes) {}

    public LogConfig withSegments(Segments changed) {
        return new LogConfig(changed, flush, retention, compaction, messages, replicas, tiering);
    }

    public LogConfig withFlush(Flush changed) {
        return new LogConfig(segments, changed, retention, compaction, messages, replicas, tiering);
    }

    public LogConfig withRetention(Retention changed) {
        return new LogConfig(segments, flush, changed, compaction, messages, replicas, tiering);
    }

    public LogConfig withMessages(Messages changed) {
        return new LogConfig(segments, flush, retention, compaction, changed, replicas, tiering);
    }

    public LogConfig withReplicas(Replicas changed) {
        return new LogConfig(segments, flush, retention, compaction, messages, changed, tiering);
    }
}
