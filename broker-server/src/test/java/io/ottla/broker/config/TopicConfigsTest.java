package io.ottla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.protocol.error.ApiException;
import io.ottla.protocol.error.ErrorCode;
import io.ottla.storage.log.LogConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings of topics: names, types and defaults as in Apache Kafka 3.9.2, inheritance from the broker, refusals. */
class TopicConfigsTest {
    private static final BrokerConfig DEFAULTS = BrokerConfig.of(Map.of());

    @Test
    void everyKafkaPropertyIsDeclaredWithItsTypeDefaultAndBrokerProperties() {
        List<String> expected = new ArrayList<>();
        List<String> declared = new ArrayList<>();
        for (String line : DeclarationsMatchKafkaTest.lines("kafka-3.9.2-topic-properties.tsv")) {
            String[] columns = line.split("\t", -1);
            expected.add(String.join(" ", columns[0], columns[1], columns[2], columns[4], columns[5]));
            TopicProperty<?> property = TopicProperty.all().get(columns[0]);
            declared.add(property == null ? columns[0] + " is missing" : describe(property));
        }
        assertThat(declared).isEqualTo(expected);
        assertThat(TopicProperty.all()).hasSameSizeAs(expected);
    }

    private static String describe(TopicProperty<?> property) {
        ConfigKey<?> key = property.key();
        Object value = key.defaultValue();
        return String.join(
                " ",
                key.name(),
                key.type().name(),
                value == null ? "<null>" : key.format(value),
                key.importance().name(),
                String.join(" ", property.brokerNames()));
    }

    @Test
    void withoutOverridesTheDefaultsOfTheBrokerCount() {
        TopicConfigs topic = TopicConfigs.checked(DEFAULTS, Map.of());
        TopicProperty.all().forEach((name, property) -> assertThat((Object) topic.get(property))
                .as(name)
                .isEqualTo(property.key().defaultValue()));
    }

    @Test
    void inheritsWhatTheBrokerSetsInCoarserUnits() {
        BrokerConfig broker = BrokerConfig.of(
                Map.of("log.retention.minutes", "2", "log.roll.hours", "1", "log.flush.scheduler.interval.ms", "7"));
        TopicConfigs topic = TopicConfigs.checked(broker, Map.of("segment.ms", "9"));
        assertThat(topic.get(TopicProperty.RETENTION_MS)).isEqualTo(120_000);
        assertThat(topic.get(TopicProperty.SEGMENT_MS)).isEqualTo(9);
        assertThat(topic.get(TopicProperty.FLUSH_MS)).isEqualTo(7);
    }

    @Test
    void refusesWithTheWordsOfKafka() {
        assertRefused(
                Map.of("retention.ms", "-5"),
                "Invalid value -5 for configuration retention.ms: Value must be at least -1");
        assertRefused(
                Map.of("segment.bytes", "big"),
                "Invalid value big for configuration segment.bytes: Not a number of type INT");
        assertRefused(
                Map.of("preallocate", "maybe"),
                "Invalid value maybe for configuration preallocate: Expected value to be either true or false");
        assertRefused(
                Map.of("cleanup.policy", "shrink"),
                "Invalid value shrink for configuration cleanup.policy: String must be one of: compact, delete");
        assertRefused(Map.of("no.such.key", "1"), "Unknown topic config name: no.such.key");
        assertRefused(
                Map.of("min.compaction.lag.ms", "9", "max.compaction.lag.ms", "8"),
                "conflict topic config setting min.compaction.lag.ms (9) > max.compaction.lag.ms (8)");
        assertThat(TopicConfigs.checked(DEFAULTS, Map.of("leader.replication.throttled.replicas", "0:1,1:2")))
                .isNotNull();
        assertRefused(
                Map.of("leader.replication.throttled.replicas", "zero"),
                "Invalid value zero for configuration leader.replication.throttled.replicas: zero must be the literal '*'"
                        + " or a list of replicas in the following format:"
                        + " [partitionId]:[brokerId],[partitionId]:[brokerId],...");
    }

    @Test
    void aLogGetsEverySettingInItsPlace() {
        LogConfig.Messages messages = LogConfig.DEFAULT.messages();
        assertThat(TopicConfigs.checked(DEFAULTS, Map.of()).logConfig())
                .isEqualTo(LogConfig.DEFAULT.withMessages(new LogConfig.Messages(
                        messages.maxBytes(),
                        messages.compressionType(),
                        messages.compressionLevels(),
                        messages.timestampType(),
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        true)));
        LogConfig changed = TopicConfigs.checked(
                        DEFAULTS,
                        Map.of(
                                "cleanup.policy", "compact,delete",
                                "compression.type", "zstd",
                                "message.timestamp.type", "LogAppendTime",
                                "message.timestamp.difference.max.ms", "5",
                                "message.timestamp.after.max.ms", "6",
                                "segment.ms", "7",
                                "segment.jitter.ms", "8"))
                .logConfig();
        assertThat(changed.retention().compacts()).isTrue();
        assertThat(changed.retention().deletes()).isTrue();
        assertThat(changed.messages().compressionType()).isEqualTo(LogConfig.CompressionType.ZSTD);
        assertThat(changed.messages().timestampType()).isEqualTo(LogConfig.TimestampType.LOG_APPEND_TIME);
        assertThat(changed.messages().timestampBeforeMaxMs()).isEqualTo(5);
        assertThat(changed.messages().timestampAfterMaxMs()).isEqualTo(6);
        assertThat(changed.segments().rollJitterMs()).isEqualTo(7);
    }

    @Test
    void whatIsStoredAndNotValidCountsAsNotSet() {
        TopicConfigs topic = TopicConfigs.stored(
                DEFAULTS, Map.of("retention.ms", "soon", "new.in.kafka.9", "x", "preallocate", "true"));
        assertThat(topic.get(TopicProperty.RETENTION_MS)).isEqualTo(604_800_000);
        assertThat(topic.get(TopicProperty.PREALLOCATE)).isTrue();
    }

    private static void assertRefused(Map<String, String> overrides, String message) {
        assertThatThrownBy(() -> TopicConfigs.checked(DEFAULTS, overrides))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.error()).isEqualTo(ErrorCode.INVALID_CONFIG))
                .hasMessage(message);
    }
}
