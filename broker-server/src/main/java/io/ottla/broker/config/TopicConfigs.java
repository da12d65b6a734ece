package io.ottla.broker.config;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.log.LogConfig;
import io.ottla.storage.log.ThrottledReplicas;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of one topic: its own, and where it has none those of the broker. Immutable; any thread. */
public final class TopicConfigs {
    private static final Logger LOG = LoggerFactory.getLogger(TopicConfigs.class);

    private final BrokerConfig broker;
    private final Map<String, Object> parsed;

    private TopicConfigs(BrokerConfig broker, Map<String, Object> parsed) {
        this.broker = broker;
        this.parsed = parsed;
    }

    /**
     * The settings of a topic as an operator wants them.
     *
     * @throws ApiException INVALID_CONFIG for a name that is not known or a value that is not valid, as Kafka words it
     */
    public static TopicConfigs checked(BrokerConfig broker, Map<String, String> overrides) {
        Map<String, Object> parsed = new HashMap<>();
        overrides.forEach((name, text) -> {
            TopicProperty<?> property = TopicProperty.all().get(name);
            if (property == null) {
                throw new ApiException(ErrorCode.INVALID_CONFIG, "Unknown topic config name: " + name);
            }
            parsed.put(name, parse(property.key(), text));
        });
        TopicConfigs configs = new TopicConfigs(broker, parsed);
        configs.checkTogether();
        return configs;
    }

    /** The settings of a topic as stored, perhaps by another broker: what is not valid here counts as not set. */
    public static TopicConfigs stored(BrokerConfig broker, Map<String, String> overrides) {
        Map<String, Object> parsed = new HashMap<>();
        overrides.forEach((name, text) -> {
            TopicProperty<?> property = TopicProperty.all().get(name);
            if (property == null) {
                LOG.warn("a stored topic setting has no effect: {} is not a known topic property", name);
                return;
            }
            try {
                parsed.put(name, property.key().parse(text));
            } catch (IllegalArgumentException e) {
                LOG.warn(
                        "a stored topic setting has no effect: {}={}: expected {}",
                        name,
                        text,
                        property.key().expectation());
            }
        });
        return new TopicConfigs(broker, parsed);
    }

    private static Object parse(ConfigKey<?> key, String text) {
        try {
            return key.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException(
                    ErrorCode.INVALID_CONFIG,
                    "Invalid value " + text + " for configuration " + key.name() + ": " + e.getMessage());
        }
    }

    private void checkTogether() {
        long minLagMs = get(TopicProperty.MIN_COMPACTION_LAG_MS);
        long maxLagMs = get(TopicProperty.MAX_COMPACTION_LAG_MS);
        if (minLagMs > maxLagMs) {
            throw new ApiException(
                    ErrorCode.INVALID_CONFIG,
                    "conflict topic config setting min.compaction.lag.ms (" + minLagMs + ") > max.compaction.lag.ms ("
                            + maxLagMs + ")");
        }
        if (get(TopicProperty.REMOTE_STORAGE_ENABLE)) {
            throw new ApiException(
                    ErrorCode.INVALID_CONFIG,
                    "Tiered Storage functionality is disabled in the broker. "
                            + "Topic cannot be configured with remote log storage.");
        }
    }

    /** The same, as the log of a partition wants it. */
    public LogConfig logConfig() {
        return new LogConfig(
                new LogConfig.Segments(
                        get(TopicProperty.SEGMENT_BYTES),
                        segmentMs(),
                        Math.min(get(TopicProperty.SEGMENT_JITTER_MS), segmentMs()),
                        get(TopicProperty.SEGMENT_INDEX_BYTES),
                        get(TopicProperty.INDEX_INTERVAL_BYTES),
                        get(TopicProperty.PREALLOCATE),
                        get(TopicProperty.FILE_DELETE_DELAY_MS)),
                new LogConfig.Flush(get(TopicProperty.FLUSH_MESSAGES), get(TopicProperty.FLUSH_MS)),
                retention(),
                new LogConfig.Compaction(
                        get(TopicProperty.MIN_CLEANABLE_DIRTY_RATIO),
                        get(TopicProperty.DELETE_RETENTION_MS),
                        get(TopicProperty.MIN_COMPACTION_LAG_MS),
                        get(TopicProperty.MAX_COMPACTION_LAG_MS)),
                messages(),
                new LogConfig.Replicas(
                        get(TopicProperty.MIN_INSYNC_REPLICAS),
                        get(TopicProperty.UNCLEAN_LEADER_ELECTION_ENABLE),
                        ThrottledReplicas.of(get(TopicProperty.LEADER_REPLICATION_THROTTLED_REPLICAS)),
                        ThrottledReplicas.of(get(TopicProperty.FOLLOWER_REPLICATION_THROTTLED_REPLICAS))),
                new LogConfig.Tiering(
                        get(TopicProperty.REMOTE_STORAGE_ENABLE),
                        get(TopicProperty.REMOTE_LOG_COPY_DISABLE),
                        get(TopicProperty.REMOTE_LOG_DELETE_ON_DISABLE),
                        get(TopicProperty.LOCAL_RETENTION_MS),
                        get(TopicProperty.LOCAL_RETENTION_BYTES)));
    }

    /** A segment that grows cannot be compacted, so the age at which it must be bounds its growth. */
    private long segmentMs() {
        return retention().compacts()
                ? Math.min(get(TopicProperty.SEGMENT_MS), get(TopicProperty.MAX_COMPACTION_LAG_MS))
                : get(TopicProperty.SEGMENT_MS);
    }

    private LogConfig.Retention retention() {
        Set<LogConfig.CleanupPolicy> policies = EnumSet.noneOf(LogConfig.CleanupPolicy.class);
        for (String policy : get(TopicProperty.CLEANUP_POLICY)) {
            policies.add(LogConfig.CleanupPolicy.valueOf(policy.toUpperCase(Locale.ROOT)));
        }
        return new LogConfig.Retention(policies, get(TopicProperty.RETENTION_BYTES), get(TopicProperty.RETENTION_MS));
    }

    private LogConfig.Messages messages() {
        boolean createTime = get(TopicProperty.MESSAGE_TIMESTAMP_TYPE).equals("CreateTime");
        return new LogConfig.Messages(
                get(TopicProperty.MAX_MESSAGE_BYTES),
                LogConfig.CompressionType.valueOf(
                        get(TopicProperty.COMPRESSION_TYPE).toUpperCase(Locale.ROOT)),
                new LogConfig.CompressionLevels(
                        get(TopicProperty.COMPRESSION_GZIP_LEVEL),
                        get(TopicProperty.COMPRESSION_LZ4_LEVEL),
                        get(TopicProperty.COMPRESSION_ZSTD_LEVEL)),
                createTime ? LogConfig.TimestampType.CREATE_TIME : LogConfig.TimestampType.LOG_APPEND_TIME,
                bySpecificOrCombined(TopicProperty.MESSAGE_TIMESTAMP_BEFORE_MAX_MS),
                bySpecificOrCombined(TopicProperty.MESSAGE_TIMESTAMP_AFTER_MAX_MS),
                get(TopicProperty.MESSAGE_DOWNCONVERSION_ENABLE));
    }

    /** A topic may still set the older property, which bounds past and future at once. */
    private long bySpecificOrCombined(TopicProperty<Long> specific) {
        boolean older = !isSet(specific) && isSet(TopicProperty.MESSAGE_TIMESTAMP_DIFFERENCE_MAX_MS);
        return get(older ? TopicProperty.MESSAGE_TIMESTAMP_DIFFERENCE_MAX_MS : specific);
    }

    boolean isSet(TopicProperty<?> property) {
        return parsed.containsKey(property.key().name());
    }

    /** The value that is in effect. */
    @SuppressWarnings("unchecked")
    <T> T get(TopicProperty<T> property) {
        Object own = parsed.get(property.key().name());
        if (own == null) {
            own = inherited(property);
        }
        if (own == null) {
            own = property.key().defaultValue();
        }
        if (own == null) {
            throw new IllegalStateException(property.key().name() + " has no value");
        }
        return (T) own;
    }

    /** What the broker's settings say: several of them decide together on durations. */
    private @Nullable Object inherited(TopicProperty<?> property) {
        LogDefaults logs = broker.logs();
        return switch (property.key().name()) {
            case "segment.ms" -> logs.rollMs();
            case "segment.jitter.ms" -> logs.rollJitterMs();
            case "retention.ms" -> logs.retentionMs();
            case "flush.ms" -> logs.flushIntervalMs();
            case "message.timestamp.before.max.ms" -> logs.messageTimestampBeforeMaxMs();
            case "message.timestamp.after.max.ms" -> logs.messageTimestampAfterMaxMs();
            default -> sameOfBroker(property);
        };
    }

    private @Nullable Object sameOfBroker(TopicProperty<?> property) {
        if (property.brokerNames().isEmpty()) {
            return null;
        }
        ConfigKey<?> key = ConfigCatalog.find(property.brokerNames().get(0));
        return key == null ? null : broker.values().orNull(key);
    }
}
