package io.ottla.broker.config;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Settings read and checked one by one, with defaults for what is not set. Immutable; any thread. */
public final class ConfigValues {
    private final Map<String, String> texts;
    private final Map<String, Object> parsed;

    private ConfigValues(Map<String, String> texts, Map<String, Object> parsed) {
        this.texts = texts;
        this.parsed = parsed;
    }

    /** Reads every known setting and notes those that are not valid; unknown ones keep their text only. */
    static ConfigValues parse(Map<String, String> settings, Problems problems) {
        Map<String, String> texts = new TreeMap<>(settings);
        copyIfAbsent(texts, IdentityConfig.BROKER_ID, IdentityConfig.NODE_ID);
        copyIfAbsent(texts, IdentityConfig.NODE_ID, IdentityConfig.BROKER_ID);
        Map<String, Object> parsed = new HashMap<>();
        texts.forEach((name, text) -> {
            ConfigKey<?> key = ConfigCatalog.find(name);
            if (key != null) {
                problems.parseInto(parsed, name, key, text);
            }
        });
        return new ConfigValues(Collections.unmodifiableMap(texts), parsed);
    }

    private static void copyIfAbsent(Map<String, String> texts, ConfigKey<?> from, ConfigKey<?> to) {
        String text = texts.get(from.name());
        if (text != null) {
            texts.putIfAbsent(to.name(), text);
        }
    }

    /**
     * The value of a property that always has one.
     *
     * @throws IllegalStateException if it is not set and has no default
     */
    public <T> T get(ConfigKey<T> key) {
        T value = orNull(key);
        if (value == null) {
            throw new IllegalStateException(key.name() + " is not set and has no default");
        }
        return value;
    }

    /** The value of a property, its default if it is not set, null if it has none. */
    @SuppressWarnings("unchecked")
    public <T> @Nullable T orNull(ConfigKey<T> key) {
        Object value = parsed.get(key.name());
        return value == null ? key.defaultValue() : (T) value;
    }

    /** The value that {@code listener.name.<listener>.<key>} gives one listener, else the value for all. */
    @SuppressWarnings("unchecked")
    public <T> T getForListener(String listenerName, ConfigKey<T> key) {
        Object value = parsed.get(ConfigCatalog.listenerPrefix(listenerName) + key.name());
        return value == null ? get(key) : (T) value;
    }

    /** Whether an operator has set the property to something valid. */
    public boolean isSet(ConfigKey<?> key) {
        return parsed.containsKey(key.name());
    }

    /** What the property was set to, as written; null if it was not set. */
    @Nullable
    String text(ConfigKey<?> key) {
        String text = texts.get(key.name());
        return text != null && key.type() == ConfigType.PASSWORD ? ConfigType.HIDDEN : text;
    }

    /** All settings as written, unknown ones included, in order of names. */
    public Map<String, String> texts() {
        return texts;
    }

    /** A duration in ms from the first of several properties that is set: ms, then minutes, then hours. */
    long firstMs(ConfigKey<Long> ms, @Nullable ConfigKey<Integer> minutes, ConfigKey<Integer> hours) {
        Long fromMs = orNull(ms);
        if (fromMs != null) {
            return fromMs;
        }
        Integer fromMinutes = minutes == null ? null : orNull(minutes);
        return fromMinutes != null ? TimeUnit.MINUTES.toMillis(fromMinutes) : TimeUnit.HOURS.toMillis(get(hours));
    }
}
