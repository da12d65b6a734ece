package io.ottla.broker.config;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of one topic: its own, and where it has none those of the broker. Immutable; any thread. */
public final class TopicConfigs {
    private static final Logger LOG = LoggerFactory.getLogger(TopicConfigs.class);

    private final BrokerConfig broker;
    private final Map<String, String> overrides;
    private final Map<String, Object> parsed;

    private TopicConfigs(BrokerConfig broker, Map<String, String> overrides, Map<String, Object> parsed) {
        this.broker = broker;
        this.overrides = overrides;
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
        TopicConfigs configs = new TopicConfigs(broker, Map.copyOf(overrides), parsed);
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
        return new TopicConfigs(broker, Map.copyOf(overrides), parsed);
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

    /** What the topic sets itself, as written. */
    Map<String, String> overrides() {
        return overrides;
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
