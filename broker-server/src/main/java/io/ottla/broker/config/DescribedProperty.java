package io.ottla.broker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A property as DescribeConfigs tells it.
 *
 * @param value null if there is none or it is a secret
 * @param source where the value comes from
 * @param sensitive whether the value is withheld
 * @param readOnly whether it takes a restart to change it
 * @param synonyms everything that could have supplied the value, the strongest first
 * @param kind its type and documentation
 */
public record DescribedProperty(
        String name,
        @Nullable String value,
        ConfigSource source,
        boolean sensitive,
        boolean readOnly,
        List<Synonym> synonyms,
        Kind kind) {

    /**
     * What a property is.
     *
     * @param typeId its type's number on the wire, 0 if unknown
     * @param documentation null if unknown
     */
    public record Kind(byte typeId, @Nullable String documentation) {
        static final Kind UNKNOWN = new Kind((byte) 0, null);

        static Kind of(@Nullable ConfigKey<?> key) {
            return key == null ? UNKNOWN : new Kind(key.type().id(), key.documentation());
        }
    }

    /**
     * One of the settings that could supply a value.
     *
     * @param value null if it is a secret
     */
    public record Synonym(String name, @Nullable String value, ConfigSource source) {}
}
