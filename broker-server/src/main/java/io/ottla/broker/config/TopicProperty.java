package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofDouble;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofList;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofString;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A property that a topic may set for its own logs.
 *
 * @param key its declaration; the default there is Kafka's own, which counts only where no broker property supplies one
 * @param brokerNames the broker properties that supply its default, the most specific first
 */
record TopicProperty<T>(ConfigKey<T> key, List<String> brokerNames) {
    static final TopicProperty<List<String>> CLEANUP_POLICY = of(
            ofList("cleanup.policy", List.of("delete"))
                    .eachOf("compact", "delete")
                    .implemented(
                            "delete drops old segments, compact keeps the last record of each key; both may be named."),
            "log.cleanup.policy");
    static final TopicProperty<Integer> COMPRESSION_GZIP_LEVEL = of(
            ofInt("compression.gzip.level", -1)
                    .bounded(new Bound.RangeOrUnset(1, 9, -1))
                    .implemented("Effort of gzip where the broker compresses; -1 is the library's choice."),
            "compression.gzip.level");
    static final TopicProperty<Integer> COMPRESSION_LZ4_LEVEL = of(
            ofInt("compression.lz4.level", 9).between(1, 17).implemented("Effort of lz4 where the broker compresses."),
            "compression.lz4.level");
    static final TopicProperty<String> COMPRESSION_TYPE = of(
            ofString("compression.type", "producer")
                    .oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")
                    .implemented("Codec of stored batches; producer keeps what arrives."),
            "compression.type");
    static final TopicProperty<Integer> COMPRESSION_ZSTD_LEVEL = of(
            ofInt("compression.zstd.level", 3)
                    .between(-131072, 22)
                    .implemented("Effort of zstd where the broker compresses."),
            "compression.zstd.level");
    static final TopicProperty<Long> DELETE_RETENTION_MS = of(
            ofLong("delete.retention.ms", 86400000L)
                    .atLeast(0)
                    .implemented("How long the tombstones of a compacted log can still be read."),
            "log.cleaner.delete.retention.ms");
    static final TopicProperty<Long> FILE_DELETE_DELAY_MS = of(
            ofLong("file.delete.delay.ms", 60000L)
                    .atLeast(0)
                    .implemented("How long a deleted segment's files are kept, for readers that still use them."),
            "log.segment.delete.delay.ms");
    static final TopicProperty<Long> FLUSH_MESSAGES = of(
            ofLong("flush.messages", Long.MAX_VALUE)
                    .atLeast(1)
                    .implemented("Records after which a log is forced to disk; 1 means before every acknowledgement."),
            "log.flush.interval.messages");
    static final TopicProperty<Long> FLUSH_MS = of(
            ofLong("flush.ms", Long.MAX_VALUE)
                    .atLeast(0)
                    .implemented("Age of unforced records after which a log is forced to disk."),
            "log.flush.interval.ms",
            "log.flush.scheduler.interval.ms");
    static final TopicProperty<List<String>> FOLLOWER_REPLICATION_THROTTLED_REPLICAS =
            of(ofList("follower.replication.throttled.replicas", List.of())
                    .bounded(new Bound.ThrottledReplicas())
                    .implemented("Replicas whose fetching is throttled, as partition:broker pairs or *."));
    static final TopicProperty<Integer> INDEX_INTERVAL_BYTES = of(
            ofInt("index.interval.bytes", 4096)
                    .atLeast(0)
                    .implemented("One index entry is written per this many bytes of records."),
            "log.index.interval.bytes");
    static final TopicProperty<List<String>> LEADER_REPLICATION_THROTTLED_REPLICAS =
            of(ofList("leader.replication.throttled.replicas", List.of())
                    .bounded(new Bound.ThrottledReplicas())
                    .implemented("Replicas whose serving of followers is throttled, as partition:broker pairs or *."));
    static final TopicProperty<Long> LOCAL_RETENTION_BYTES = of(
            ofLong("local.retention.bytes", -2L).atLeast(-2).withoutEffect("Local share of a tiered log by size."),
            "log.local.retention.bytes");
    static final TopicProperty<Long> LOCAL_RETENTION_MS = of(
            ofLong("local.retention.ms", -2L).atLeast(-2).withoutEffect("Local share of a tiered log by age."),
            "log.local.retention.ms");
    static final TopicProperty<Long> MAX_COMPACTION_LAG_MS = of(
            ofLong("max.compaction.lag.ms", Long.MAX_VALUE)
                    .atLeast(1)
                    .implemented("Age at which records become subject to compaction whatever the ratio."),
            "log.cleaner.max.compaction.lag.ms");
    static final TopicProperty<Integer> MAX_MESSAGE_BYTES = of(
            ofInt("max.message.bytes", 1048588)
                    .atLeast(0)
                    .implemented("Largest record batch, as compressed by its producer."),
            "message.max.bytes");
    static final TopicProperty<Boolean> MESSAGE_DOWNCONVERSION_ENABLE = of(
            ofBoolean("message.downconversion.enable", true)
                    .low()
                    .withoutEffect("Record formats before version 2 are not served, so there is nothing to convert."),
            "log.message.downconversion.enable");
    static final TopicProperty<String> MESSAGE_FORMAT_VERSION = of(
            ofString("message.format.version", "3.0-IV1")
                    .withoutEffect("Record format of old brokers; records are stored in format 2."),
            "log.message.format.version");
    static final TopicProperty<Long> MESSAGE_TIMESTAMP_AFTER_MAX_MS = of(
            ofLong("message.timestamp.after.max.ms", Long.MAX_VALUE)
                    .atLeast(0)
                    .implemented("Most that a record's CreateTime may lie in the future."),
            "log.message.timestamp.after.max.ms");
    static final TopicProperty<Long> MESSAGE_TIMESTAMP_BEFORE_MAX_MS = of(
            ofLong("message.timestamp.before.max.ms", Long.MAX_VALUE)
                    .atLeast(0)
                    .implemented("Most that a record's CreateTime may lie in the past."),
            "log.message.timestamp.before.max.ms");
    static final TopicProperty<Long> MESSAGE_TIMESTAMP_DIFFERENCE_MAX_MS = of(
            ofLong("message.timestamp.difference.max.ms", Long.MAX_VALUE)
                    .atLeast(0)
                    .implemented("Older name: bounds past and future at once where the two newer ones are not set."),
            "log.message.timestamp.difference.max.ms");
    static final TopicProperty<String> MESSAGE_TIMESTAMP_TYPE = of(
            ofString("message.timestamp.type", "CreateTime")
                    .oneOf("CreateTime", "LogAppendTime")
                    .implemented("CreateTime keeps the producer's timestamp, LogAppendTime puts the broker's."),
            "log.message.timestamp.type");
    static final TopicProperty<Double> MIN_CLEANABLE_DIRTY_RATIO = of(
            ofDouble("min.cleanable.dirty.ratio", 0.5)
                    .between(0, 1)
                    .implemented("Share of uncleaned bytes from which a log is worth compacting."),
            "log.cleaner.min.cleanable.ratio");
    static final TopicProperty<Long> MIN_COMPACTION_LAG_MS = of(
            ofLong("min.compaction.lag.ms", 0L)
                    .atLeast(0)
                    .implemented("Age below which records are left alone by compaction."),
            "log.cleaner.min.compaction.lag.ms");
    static final TopicProperty<Integer> MIN_INSYNC_REPLICAS = of(
            ofInt("min.insync.replicas", 1)
                    .atLeast(1)
                    .implemented("Replicas that must be in sync for an acks=all produce to be accepted."),
            "min.insync.replicas");
    static final TopicProperty<Boolean> PREALLOCATE = of(
            ofBoolean("preallocate", false).withoutEffect("Whether a new segment reserves its full size."),
            "log.preallocate");
    static final TopicProperty<Boolean> REMOTE_LOG_COPY_DISABLE = of(ofBoolean("remote.log.copy.disable", false)
            .withoutEffect("Whether a tiered log stops copying to remote storage."));
    static final TopicProperty<Boolean> REMOTE_LOG_DELETE_ON_DISABLE =
            of(ofBoolean("remote.log.delete.on.disable", false)
                    .withoutEffect("Whether remote segments are deleted when a topic leaves remote storage."));
    static final TopicProperty<Boolean> REMOTE_STORAGE_ENABLE = of(ofBoolean("remote.storage.enable", false)
            .withoutEffect(
                    "Whether the topic's segments are also kept in remote storage, which is not available here."));
    static final TopicProperty<Long> RETENTION_BYTES = of(
            ofLong("retention.bytes", -1L)
                    .implemented(
                            "The oldest segments are deleted while a partition is larger than this; -1 means no bound."),
            "log.retention.bytes");
    static final TopicProperty<Long> RETENTION_MS = of(
            ofLong("retention.ms", 604800000L)
                    .atLeast(-1)
                    .implemented("Segments older than this are deleted, -1 never."),
            "log.retention.ms",
            "log.retention.minutes",
            "log.retention.hours");
    static final TopicProperty<Integer> SEGMENT_BYTES = of(
            ofInt("segment.bytes", 1073741824)
                    .atLeast(14)
                    .implemented("A segment is closed and a new one begun before it would exceed this size."),
            "log.segment.bytes");
    static final TopicProperty<Integer> SEGMENT_INDEX_BYTES = of(
            ofInt("segment.index.bytes", 10485760).atLeast(4).implemented("Space reserved for an offset index."),
            "log.index.size.max.bytes");
    static final TopicProperty<Long> SEGMENT_JITTER_MS = of(
            ofLong("segment.jitter.ms", 0L)
                    .atLeast(0)
                    .implemented("Random part taken off a segment's age limit, lest all roll at once."),
            "log.roll.jitter.ms",
            "log.roll.jitter.hours");
    static final TopicProperty<Long> SEGMENT_MS = of(
            ofLong("segment.ms", 604800000L).atLeast(1).implemented("A segment is closed at this age."),
            "log.roll.ms",
            "log.roll.hours");
    static final TopicProperty<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE = of(
            ofBoolean("unclean.leader.election.enable", false)
                    .implemented(
                            "Whether a replica out of sync may lead when no other is left, at the price of lost records."),
            "unclean.leader.election.enable");

    private static final Map<String, TopicProperty<?>> ALL = byName(
            CLEANUP_POLICY,
            COMPRESSION_GZIP_LEVEL,
            COMPRESSION_LZ4_LEVEL,
            COMPRESSION_TYPE,
            COMPRESSION_ZSTD_LEVEL,
            DELETE_RETENTION_MS,
            FILE_DELETE_DELAY_MS,
            FLUSH_MESSAGES,
            FLUSH_MS,
            FOLLOWER_REPLICATION_THROTTLED_REPLICAS,
            INDEX_INTERVAL_BYTES,
            LEADER_REPLICATION_THROTTLED_REPLICAS,
            LOCAL_RETENTION_BYTES,
            LOCAL_RETENTION_MS,
            MAX_COMPACTION_LAG_MS,
            MAX_MESSAGE_BYTES,
            MESSAGE_DOWNCONVERSION_ENABLE,
            MESSAGE_FORMAT_VERSION,
            MESSAGE_TIMESTAMP_AFTER_MAX_MS,
            MESSAGE_TIMESTAMP_BEFORE_MAX_MS,
            MESSAGE_TIMESTAMP_DIFFERENCE_MAX_MS,
            MESSAGE_TIMESTAMP_TYPE,
            MIN_CLEANABLE_DIRTY_RATIO,
            MIN_COMPACTION_LAG_MS,
            MIN_INSYNC_REPLICAS,
            PREALLOCATE,
            REMOTE_LOG_COPY_DISABLE,
            REMOTE_LOG_DELETE_ON_DISABLE,
            REMOTE_STORAGE_ENABLE,
            RETENTION_BYTES,
            RETENTION_MS,
            SEGMENT_BYTES,
            SEGMENT_INDEX_BYTES,
            SEGMENT_JITTER_MS,
            SEGMENT_MS,
            UNCLEAN_LEADER_ELECTION_ENABLE);

    private static <T> TopicProperty<T> of(ConfigKey<T> key, String... brokerNames) {
        return new TopicProperty<>(key, List.of(brokerNames));
    }

    private static Map<String, TopicProperty<?>> byName(TopicProperty<?>... properties) {
        Map<String, TopicProperty<?>> named = new LinkedHashMap<>();
        for (TopicProperty<?> property : properties) {
            named.put(property.key().name(), property);
        }
        return Collections.unmodifiableMap(named);
    }

    /** All of them by name, in order of names. */
    static Map<String, TopicProperty<?>> all() {
        return ALL;
    }
}
