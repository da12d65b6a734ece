package io.ottla.broker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one property. Immutable.
 *
 * @param <T> the Java type of its values: {@code Boolean, String, Integer, Short, Long, Double} or {@code List<String>}
 */
public final class ConfigKey<T> {
    /** Whether, and how widely, a property can be changed while the broker runs. */
    public enum DynamicMode {
        READ_ONLY("restart"),
        PER_BROKER("per broker"),
        CLUSTER_WIDE("cluster-wide");

        private final String words;

        DynamicMode(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** How much an operator should care, as Kafka ranks it. */
    public enum Importance {
        HIGH,
        MEDIUM,
        LOW
    }

    /** What setting the property does. */
    public enum Effect {
        /** It does what its documentation says. */
        IMPLEMENTED,
        /** As that, but with the value of the properties file only: a dynamic one is stored, told behind it, and changes nothing. */
        FROM_FILE,
        /** It is known and checked, and changes nothing. */
        NONE
    }

    /** Whose name it is. */
    public enum Origin {
        /** Known to Apache Kafka 3.9. */
        KAFKA,
        /** Known to Apache Kafka before version 3. */
        OLD_KAFKA,
        /** Read by a class that Kafka ships or loads, not by the broker itself. */
        KAFKA_PLUGIN,
        /** This broker's own. */
        OTTLA
    }

    private final Builder<T> of;
    private final Effect effect;
    private final String documentation;

    private ConfigKey(Builder<T> of, Effect effect, String documentation) {
        this.of = of;
        this.effect = effect;
        this.documentation = documentation;
    }

    static Builder<Boolean> ofBoolean(String name, @Nullable Boolean defaultValue) {
        return new Builder<>(name, ConfigType.BOOLEAN, defaultValue);
    }

    static Builder<String> ofString(String name, @Nullable String defaultValue) {
        return new Builder<>(name, ConfigType.STRING, defaultValue);
    }

    static Builder<Integer> ofInt(String name, @Nullable Integer defaultValue) {
        return new Builder<>(name, ConfigType.INT, defaultValue);
    }

    static Builder<Short> ofShort(String name, int defaultValue) {
        return new Builder<>(name, ConfigType.SHORT, (short) defaultValue);
    }

    static Builder<Long> ofLong(String name, @Nullable Long defaultValue) {
        return new Builder<>(name, ConfigType.LONG, defaultValue);
    }

    static Builder<Double> ofDouble(String name, double defaultValue) {
        return new Builder<>(name, ConfigType.DOUBLE, defaultValue);
    }

    static Builder<List<String>> ofList(String name, @Nullable List<String> defaultValue) {
        return new Builder<>(name, ConfigType.LIST, defaultValue);
    }

    static Builder<String> ofClass(String name, @Nullable String defaultValue) {
        return new Builder<>(name, ConfigType.CLASS, defaultValue);
    }

    static Builder<String> ofPassword(String name) {
        return new Builder<>(name, ConfigType.PASSWORD, null);
    }

    public String name() {
        return of.name;
    }

    public ConfigType type() {
        return of.type;
    }

    /** The value without any setting; null where a property without a value means something of its own. */
    public @Nullable T defaultValue() {
        return of.defaultValue;
    }

    public DynamicMode dynamicMode() {
        return of.dynamicMode;
    }

    public Importance importance() {
        return of.importance;
    }

    public Effect effect() {
        return effect;
    }

    public Origin origin() {
        return of.origin;
    }

    /** Whether Kafka hides it from DescribeConfigs. */
    public boolean internal() {
        return of.internal;
    }

    public String documentation() {
        return documentation;
    }

    /** What a value must be, in words. */
    public String expectation() {
        return of.type.noun() + of.bound.expectation();
    }

    /**
     * Reads and checks a value.
     *
     * @throws IllegalArgumentException if it is not valid; its message is the reason, as Kafka's tools print it
     */
    @SuppressWarnings("unchecked")
    public T parse(String text) {
        Object value = of.type.parse(text);
        String violation = of.bound.violation(value);
        if (violation != null) {
            throw new IllegalArgumentException(violation);
        }
        return (T) value;
    }

    /** The text of a value as it is shown to operators; secrets are hidden. */
    public String format(Object value) {
        return of.type.format(value);
    }

    @Override
    public String toString() {
        return of.name;
    }

    /** Collects a declaration; ends with {@link #implemented} or one like it. Used by one thread, once. */
    static final class Builder<T> {
        private final String name;
        private final ConfigType type;
        private final @Nullable T defaultValue;
        private Bound bound = new Bound.Any();
        private DynamicMode dynamicMode = DynamicMode.READ_ONLY;
        private Importance importance = Importance.MEDIUM;
        private Origin origin = Origin.KAFKA;
        private boolean internal;

        private Builder(String name, ConfigType type, @Nullable T defaultValue) {
            this.name = name;
            this.type = type;
            this.defaultValue = defaultValue;
        }

        Builder<T> atLeast(Number min) {
            return bounded(new Bound.Range(min, null));
        }

        Builder<T> between(Number min, Number max) {
            return bounded(new Bound.Range(min, max));
        }

        Builder<T> oneOf(String... words) {
            return bounded(new Bound.OneOf(List.of(words)));
        }

        Builder<T> eachOf(String... words) {
            return bounded(new Bound.EachOf(List.of(words)));
        }

        Builder<T> notEmpty() {
            return bounded(new Bound.NotEmpty());
        }

        Builder<T> bounded(Bound condition) {
            bound = condition;
            return this;
        }

        Builder<T> perBroker() {
            dynamicMode = DynamicMode.PER_BROKER;
            return this;
        }

        Builder<T> clusterWide() {
            dynamicMode = DynamicMode.CLUSTER_WIDE;
            return this;
        }

        Builder<T> high() {
            importance = Importance.HIGH;
            return this;
        }

        Builder<T> low() {
            importance = Importance.LOW;
            return this;
        }

        Builder<T> hidden() {
            internal = true;
            return this;
        }

        Builder<T> from(Origin whose) {
            origin = whose;
            return this;
        }

        ConfigKey<T> implemented(String documentation) {
            return new ConfigKey<>(this, Effect.IMPLEMENTED, documentation);
        }

        ConfigKey<T> implementedFromFile(String documentation) {
            return new ConfigKey<>(this, Effect.FROM_FILE, documentation);
        }

        ConfigKey<T> withoutEffect(String documentation) {
            return new ConfigKey<>(this, Effect.NONE, documentation);
        }
    }
}
