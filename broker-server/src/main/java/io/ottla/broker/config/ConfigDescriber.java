package io.ottla.broker.config;

import io.ottla.broker.config.DescribedProperty.Kind;
import io.ottla.broker.config.DescribedProperty.Synonym;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tells what is configured and why, in the terms of DescribeConfigs. Any thread. */
public final class ConfigDescriber {
    /** Groups of properties that decide together, the strongest first. */
    private static final List<List<String>> SYNONYMS = List.of(
            List.of("log.roll.ms", "log.roll.hours"),
            List.of("log.roll.jitter.ms", "log.roll.jitter.hours"),
            List.of("log.retention.ms", "log.retention.minutes", "log.retention.hours"));

    private final DynamicConfig config;

    public ConfigDescriber(DynamicConfig config) {
        this.config = config;
    }

    /** Every property of this broker: those of Kafka, and others as far as they are set. In order of names. */
    public List<DescribedProperty> broker() {
        BrokerConfig current = config.current();
        TreeSet<String> names = new TreeSet<>(current.values().texts().keySet());
        ConfigCatalog.all().values().stream()
                .filter(key -> key.origin() == ConfigKey.Origin.KAFKA && !key.internal())
                .forEach(key -> names.add(key.name()));
        List<DescribedProperty> described = new ArrayList<>();
        for (String name : names) {
            described.add(describe(name, effectiveText(current, name), synonyms(name)));
        }
        return described;
    }

    /** The dynamic settings for all brokers. */
    public List<DescribedProperty> clusterDefaults() {
        List<DescribedProperty> described = new ArrayList<>();
        config.layers().clusterWide().forEach((name, text) -> {
            List<Synonym> synonyms = synonyms(name).stream()
                    .filter(synonym -> synonym.source() == ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG)
                    .toList();
            described.add(describe(name, text, synonyms));
        });
        return described;
    }

    /** Every property of a topic that sets {@code overrides} itself. In order of names. */
    public List<DescribedProperty> topic(Map<String, String> overrides) {
        TopicConfigs topic = TopicConfigs.stored(config.current(), overrides);
        List<DescribedProperty> described = new ArrayList<>();
        for (TopicProperty<?> property : TopicProperty.all().values()) {
            ConfigKey<?> key = property.key();
            String value = key.format(topic.get(property));
            List<Synonym> synonyms = new ArrayList<>();
            if (topic.isSet(property)) {
                synonyms.add(new Synonym(key.name(), value, ConfigSource.TOPIC_CONFIG));
            }
            if (!property.brokerNames().isEmpty()) {
                synonyms.addAll(synonyms(property.brokerNames().get(0)));
            }
            described.add(new DescribedProperty(
                    key.name(), value, strongest(synonyms), false, false, synonyms, Kind.of(key)));
        }
        return described;
    }

    private static DescribedProperty describe(String name, @Nullable String text, List<Synonym> synonyms) {
        ConfigKey<?> key = ConfigCatalog.find(name);
        boolean sensitive = isSensitive(key);
        boolean readOnly = key == null || key.dynamicMode() == ConfigKey.DynamicMode.READ_ONLY;
        return new DescribedProperty(
                name, sensitive ? null : text, strongest(synonyms), sensitive, readOnly, synonyms, Kind.of(key));
    }

    /** What is not known might be a secret. */
    private static boolean isSensitive(@Nullable ConfigKey<?> key) {
        return key == null || key.type() == ConfigType.PASSWORD;
    }

    private static ConfigSource strongest(List<Synonym> synonyms) {
        return synonyms.isEmpty()
                ? ConfigSource.DEFAULT_CONFIG
                : synonyms.get(0).source();
    }

    private static @Nullable String effectiveText(BrokerConfig current, String name) {
        ConfigKey<?> key = ConfigCatalog.all().get(name);
        if (key == null) {
            return current.values().texts().get(name);
        }
        Object value = current.values().orNull(key);
        return value == null ? null : key.format(value);
    }

    /** All that is set under a name or one that decides with it, from the first that has the name itself. */
    private List<Synonym> synonyms(String name) {
        List<String> names = namesThatDecide(name);
        boolean sensitive = isSensitive(ConfigCatalog.find(name));
        DynamicConfig.Layers layers = config.layers();
        List<Synonym> dynamic = new ArrayList<>();
        addSet(dynamic, names, layers.perBroker(), ConfigSource.DYNAMIC_BROKER_CONFIG, sensitive);
        addSet(dynamic, names, layers.clusterWide(), ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, sensitive);
        List<Synonym> synonyms = new ArrayList<>();
        addSet(synonyms, names, config.fromFile().values().texts(), ConfigSource.STATIC_BROKER_CONFIG, sensitive);
        addSet(synonyms, names, defaults(names), ConfigSource.DEFAULT_CONFIG, sensitive);
        synonyms.addAll(countsFromFile(name) ? synonyms.size() : 0, dynamic);
        while (!synonyms.isEmpty() && !synonyms.get(0).name().equals(name)) {
            synonyms.remove(0);
        }
        return synonyms;
    }

    /** Whether dynamic settings of this name are stored but decide nothing. */
    private static boolean countsFromFile(String name) {
        ConfigKey<?> key = ConfigCatalog.find(name);
        return key != null && key.effect() == ConfigKey.Effect.FROM_FILE;
    }

    private static List<String> namesThatDecide(String name) {
        for (List<String> group : SYNONYMS) {
            if (group.contains(name)) {
                return group;
            }
        }
        if (name.equals("log.flush.interval.ms")) {
            return List.of(name, "log.flush.scheduler.interval.ms");
        }
        String base = ConfigCatalog.baseName(name);
        return base.equals(name) ? List.of(name) : List.of(name, base);
    }

    private static Map<String, String> defaults(List<String> names) {
        Map<String, String> defaults = new TreeMap<>();
        for (String name : names) {
            ConfigKey<?> key = ConfigCatalog.all().get(name);
            Object value = key == null ? null : key.defaultValue();
            if (key != null && value != null) {
                defaults.put(name, key.format(value));
            }
        }
        return defaults;
    }

    private static void addSet(
            List<Synonym> synonyms,
            List<String> names,
            Map<String, String> texts,
            ConfigSource source,
            boolean sensitive) {
        for (String name : names) {
            String text = texts.get(name);
            if (text != null) {
                synonyms.add(new Synonym(name, sensitive ? null : text, source));
            }
        }
    }
}
