package io.ottla.broker.config;

import org.jspecify.annotations.Nullable;

/** Which properties are lists, so that items can be added and taken away. */
public enum ConfigListing {
    TOPIC,
    BROKER;

    /** Whether a property is a list, and what it is unless it is set. */
    public record ListProperty(boolean isList, String defaultText) {}

    /** The property of a name, or null if it is not known. */
    public @Nullable ListProperty find(String name) {
        ConfigKey<?> key;
        if (this == BROKER) {
            key = ConfigCatalog.find(name);
        } else {
            TopicProperty<?> property = TopicProperty.all().get(name);
            key = property == null ? null : property.key();
        }
        if (key == null) {
            return null;
        }
        Object value = key.defaultValue();
        return new ListProperty(key.type() == ConfigType.LIST, value == null ? "" : key.format(value));
    }
}
