package io.ottla.broker.config;

import static io.ottla.broker.config.ConfigKey.ofBoolean;
import static io.ottla.broker.config.ConfigKey.ofDouble;
import static io.ottla.broker.config.ConfigKey.ofInt;
import static io.ottla.broker.config.ConfigKey.ofList;
import static io.ottla.broker.config.ConfigKey.ofLong;
import static io.ottla.broker.config.ConfigKey.ofString;

import java.util.List;

/** Settings of every log that its topic does not override; the second column of the topic settings below names them. Immutable. */
public final class LogDefaults {
    static final ConfigKey<Integer> LOG_SEGMENT_BYTES = ofInt("log.segment.bytes", 1073741824)
            .atLeast(14)
            .clusterWide()
            .high()
            .implemented("A segment is closed and a new one begun before it would exceed this size.");
    static final ConfigKey<Long> LOG_ROLL_MS = ofLong("log.roll.ms", null)
            .clusterWide()
            .high()
            .implemented("A segment is closed at this age; goes before log.roll.hours.");
    static final ConfigKey<Integer> LOG_ROLL_HOURS =
            ofInt("log.roll.hours", 168).atLeast(1).high().implemented("As log.roll.ms, in hours.");
    static final ConfigKey<Long> LOG_ROLL_JITTER_MS = ofLong("log.roll.jitter.ms", null)
            .clusterWide()
            .high()
            .implemented(
                    "Random part taken off a segment's age limit, lest all roll at once; goes before log.roll.jitter.hours.");
    static final ConfigKey<Integer> LOG_ROLL_JITTER_HOURS =
            ofInt("log.roll.jitter.hours", 0).atLeast(0).high().implemented("As log.roll.jitter.ms, in hours.");
    static final ConfigKey<Integer> LOG_INDEX_SIZE_MAX_BYTES = ofInt("log.index.size.max.bytes", 10485760)
            .atLeast(4)
            .clusterWide()
            .implemented("Space reserved for an offset index.");
    static final ConfigKey<Integer> LOG_INDEX_INTERVAL_BYTES = ofInt("log.index.interval.bytes", 4096)
            .atLeast(0)
            .clusterWide()
            .implemented("One index entry is written per this many bytes of records.");
    static final ConfigKey<Long> LOG_RETENTION_BYTES = ofLong("log.retention.bytes", -1L)
            .clusterWide()
            .high()
            .implemented("The oldest segments are deleted while a partition is larger than this; -1 means no bound.");
    static final ConfigKey<Long> LOG_RETENTION_MS = ofLong("log.retention.ms", null)
            .clusterWide()
            .high()
            .implemented("Segments older than this are deleted, -1 never; goes before minutes and hours.");
    static final ConfigKey<Integer> LOG_RETENTION_MINUTES = ofInt("log.retention.minutes", null)
            .high()
            .implemented("As log.retention.ms, in minutes; goes before log.retention.hours.");
    static final ConfigKey<Integer> LOG_RETENTION_HOURS =
            ofInt("log.retention.hours", 168).high().implemented("As log.retention.ms, in hours.");
    static final ConfigKey<List<String>> LOG_CLEANUP_POLICY = ofList("log.cleanup.policy", List.of("delete"))
            .eachOf("compact", "delete")
            .clusterWide()
            .implemented("delete drops old segments, compact keeps the last record of each key; both may be named.");
    static final ConfigKey<Long> LOG_SEGMENT_DELETE_DELAY_MS = ofLong("log.segment.delete.delay.ms", 60000L)
            .atLeast(0)
            .clusterWide()
            .high()
            .implemented("How long a deleted segment's files are kept, for readers that still use them.");
    static final ConfigKey<Long> LOG_FLUSH_INTERVAL_MESSAGES = ofLong("log.flush.interval.messages", Long.MAX_VALUE)
            .atLeast(1)
            .clusterWide()
            .high()
            .implemented("Records after which a log is forced to disk; 1 means before every acknowledgement.");
    static final ConfigKey<Long> LOG_FLUSH_INTERVAL_MS = ofLong("log.flush.interval.ms", null)
            .clusterWide()
            .high()
            .implemented(
                    "Age of unforced records after which a log is forced to disk; unset means log.flush.scheduler.interval.ms.");
    static final ConfigKey<Long> LOG_FLUSH_SCHEDULER_INTERVAL_MS = ofLong(
                    "log.flush.scheduler.interval.ms", Long.MAX_VALUE)
            .high()
            .withoutEffect("How often logs are looked at for records old enough to be forced.");
    static final ConfigKey<Boolean> LOG_PREALLOCATE = ofBoolean("log.preallocate", false)
            .clusterWide()
            .withoutEffect("Whether a new segment reserves its full size.");
    static final ConfigKey<Integer> MESSAGE_MAX_BYTES = ofInt("message.max.bytes", 1048588)
            .atLeast(0)
            .clusterWide()
            .high()
            .implemented("Largest record batch, as compressed by its producer.");
    static final ConfigKey<String> COMPRESSION_TYPE = ofString("compression.type", "producer")
            .oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")
            .clusterWide()
            .high()
            .implemented("Codec of stored batches; producer keeps what arrives.");
    static final ConfigKey<Integer> COMPRESSION_GZIP_LEVEL = ofInt("compression.gzip.level", -1)
            .bounded(new Bound.RangeOrUnset(1, 9, -1))
            .clusterWide()
            .implemented("Effort of gzip where the broker compresses; -1 is the library's choice.");
    static final ConfigKey<Integer> COMPRESSION_LZ4_LEVEL = ofInt("compression.lz4.level", 9)
            .between(1, 17)
            .clusterWide()
            .implemented("Effort of lz4 where the broker compresses.");
    static final ConfigKey<Integer> COMPRESSION_ZSTD_LEVEL = ofInt("compression.zstd.level", 3)
            .between(-131072, 22)
            .clusterWide()
            .implemented("Effort of zstd where the broker compresses.");
    static final ConfigKey<String> LOG_MESSAGE_TIMESTAMP_TYPE = ofString("log.message.timestamp.type", "CreateTime")
            .oneOf("CreateTime", "LogAppendTime")
            .clusterWide()
            .implemented("CreateTime keeps the producer's timestamp, LogAppendTime puts the broker's.");
    static final ConfigKey<Long> LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS = ofLong(
                    "log.message.timestamp.before.max.ms", Long.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .implemented("Most that a record's CreateTime may lie in the past.");
    static final ConfigKey<Long> LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS = ofLong(
                    "log.message.timestamp.after.max.ms", Long.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .implemented("Most that a record's CreateTime may lie in the future.");
    static final ConfigKey<Long> LOG_MESSAGE_TIMESTAMP_DIFFERENCE_MAX_MS = ofLong(
                    "log.message.timestamp.difference.max.ms", Long.MAX_VALUE)
            .atLeast(0)
            .clusterWide()
            .implemented("Older name: bounds past and future at once where the two newer ones are not set.");
    static final ConfigKey<Integer> MIN_INSYNC_REPLICAS = ofInt("min.insync.replicas", 1)
            .atLeast(1)
            .clusterWide()
            .high()
            .implemented("Replicas that must be in sync for an acks=all produce to be accepted.");
    static final ConfigKey<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE = ofBoolean("unclean.leader.election.enable", false)
            .clusterWide()
            .high()
            .implemented("Whether a replica out of sync may lead when no other is left, at the price of lost records.");
    static final ConfigKey<Long> LOG_CLEANER_DELETE_RETENTION_MS = ofLong("log.cleaner.delete.retention.ms", 86400000L)
            .atLeast(0)
            .clusterWide()
            .implemented("How long the tombstones of a compacted log can still be read.");
    static final ConfigKey<Double> LOG_CLEANER_MIN_CLEANABLE_RATIO = ofDouble("log.cleaner.min.cleanable.ratio", 0.5)
            .between(0, 1)
            .clusterWide()
            .implemented("Share of uncleaned bytes from which a log is worth compacting.");
    static final ConfigKey<Long> LOG_CLEANER_MIN_COMPACTION_LAG_MS = ofLong("log.cleaner.min.compaction.lag.ms", 0L)
            .atLeast(0)
            .clusterWide()
            .implemented("Age below which records are left alone by compaction.");
    static final ConfigKey<Long> LOG_CLEANER_MAX_COMPACTION_LAG_MS = ofLong(
                    "log.cleaner.max.compaction.lag.ms", Long.MAX_VALUE)
            .atLeast(1)
            .clusterWide()
            .implemented("Age at which records become subject to compaction whatever the ratio.");

    static final KeyGroup KEYS = KeyGroup.of(
            "Topic log defaults",
            "Settings of every log that its topic does not override; the second column of the topic settings below names them.",
            LOG_SEGMENT_BYTES,
            LOG_ROLL_MS,
            LOG_ROLL_HOURS,
            LOG_ROLL_JITTER_MS,
            LOG_ROLL_JITTER_HOURS,
            LOG_INDEX_SIZE_MAX_BYTES,
            LOG_INDEX_INTERVAL_BYTES,
            LOG_RETENTION_BYTES,
            LOG_RETENTION_MS,
            LOG_RETENTION_MINUTES,
            LOG_RETENTION_HOURS,
            LOG_CLEANUP_POLICY,
            LOG_SEGMENT_DELETE_DELAY_MS,
            LOG_FLUSH_INTERVAL_MESSAGES,
            LOG_FLUSH_INTERVAL_MS,
            LOG_FLUSH_SCHEDULER_INTERVAL_MS,
            LOG_PREALLOCATE,
            MESSAGE_MAX_BYTES,
            COMPRESSION_TYPE,
            COMPRESSION_GZIP_LEVEL,
            COMPRESSION_LZ4_LEVEL,
            COMPRESSION_ZSTD_LEVEL,
            LOG_MESSAGE_TIMESTAMP_TYPE,
            LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS,
            LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS,
            LOG_MESSAGE_TIMESTAMP_DIFFERENCE_MAX_MS,
            ofBoolean("log.message.downconversion.enable", true)
                    .clusterWide()
                    .low()
                    .withoutEffect("Record formats before version 2 are not served, so there is nothing to convert."),
            ofString("log.message.format.version", "3.0-IV1")
                    .withoutEffect("Record format of old brokers; records are stored in format 2."),
            MIN_INSYNC_REPLICAS,
            UNCLEAN_LEADER_ELECTION_ENABLE,
            LOG_CLEANER_DELETE_RETENTION_MS,
            LOG_CLEANER_MIN_CLEANABLE_RATIO,
            LOG_CLEANER_MIN_COMPACTION_LAG_MS,
            LOG_CLEANER_MAX_COMPACTION_LAG_MS,
            ofLong("log.local.retention.bytes", -2L)
                    .atLeast(-2)
                    .clusterWide()
                    .withoutEffect("Local share of a tiered log by size."),
            ofLong("log.local.retention.ms", -2L)
                    .atLeast(-2)
                    .clusterWide()
                    .withoutEffect("Local share of a tiered log by age."));

    private final ConfigValues values;

    LogDefaults(ConfigValues values) {
        this.values = values;
    }

    /** A segment is closed and a new one begun before it would exceed this size. */
    public int segmentBytes() {
        return values.get(LOG_SEGMENT_BYTES);
    }

    /** delete drops old segments, compact keeps the last record of each key; both may be named. */
    public List<String> cleanupPolicy() {
        return values.get(LOG_CLEANUP_POLICY);
    }

    /** Records after which a log is forced to disk; 1 means before every acknowledgement. */
    public long flushIntervalMessages() {
        return values.get(LOG_FLUSH_INTERVAL_MESSAGES);
    }

    /** Largest record batch, as compressed by its producer. */
    public int messageMaxBytes() {
        return values.get(MESSAGE_MAX_BYTES);
    }

    /** Age below which records are left alone by compaction. */
    public long minCompactionLagMs() {
        return values.get(LOG_CLEANER_MIN_COMPACTION_LAG_MS);
    }

    /** Age at which records become subject to compaction whatever the ratio. */
    public long maxCompactionLagMs() {
        return values.get(LOG_CLEANER_MAX_COMPACTION_LAG_MS);
    }

    /** Age limit of a segment in ms: log.roll.ms, or log.roll.hours. */
    public long rollMs() {
        return values.firstMs(LOG_ROLL_MS, null, LOG_ROLL_HOURS);
    }

    /** Jitter of that age limit in ms: log.roll.jitter.ms, or log.roll.jitter.hours. */
    public long rollJitterMs() {
        return values.firstMs(LOG_ROLL_JITTER_MS, null, LOG_ROLL_JITTER_HOURS);
    }

    /** Age from which segments are deleted in ms, -1 never: log.retention.ms, or minutes, or hours. */
    public long retentionMs() {
        long ms = values.firstMs(LOG_RETENTION_MS, LOG_RETENTION_MINUTES, LOG_RETENTION_HOURS);
        return ms < 0 ? -1 : ms;
    }

    /** Age of unforced records in ms that forces a log: log.flush.interval.ms, or log.flush.scheduler.interval.ms. */
    public long flushIntervalMs() {
        Long ms = values.orNull(LOG_FLUSH_INTERVAL_MS);
        return ms != null ? ms : values.get(LOG_FLUSH_SCHEDULER_INTERVAL_MS);
    }

    /** Most that a CreateTime may lie in the past, in ms; the older combined key counts where this one is not set. */
    public long messageTimestampBeforeMaxMs() {
        return bySpecificOrCombined(LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS);
    }

    /** Most that a CreateTime may lie in the future, in ms; the older combined key counts where this one is not set. */
    public long messageTimestampAfterMaxMs() {
        return bySpecificOrCombined(LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS);
    }

    private long bySpecificOrCombined(ConfigKey<Long> specific) {
        return values.get(values.isSet(specific) ? specific : LOG_MESSAGE_TIMESTAMP_DIFFERENCE_MAX_MS);
    }
}
