package io.ottla.protocol.generator;

import org.jspecify.annotations.Nullable;

/**
 * A field as the schema has it.
 *
 * @param name in lowerCamel, which is also the name of field and getter in Java
 * @param nullable the versions at which null can be written
 * @param tagged the versions at which it is a tagged field, with {@code tag}
 * @param flexible null, or the versions at which it is compact although its message says otherwise
 * @param ignorable whether a value is silently lost at versions without this field
 * @param defaultText the default as written, or null if there is none
 */
public record Field(
        String name,
        FieldType type,
        Versions versions,
        Versions nullable,
        Versions tagged,
        int tag,
        @Nullable Versions flexible,
        boolean ignorable,
        @Nullable String defaultText,
        String about) {

    boolean defaultIsNull() {
        return "null".equals(defaultText);
    }

    /** The field in Java; qualified, for its name may also be that of a parameter. */
    String self() {
        return "this." + name;
    }

    String capitalized() {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    boolean isTagged() {
        return !tagged.isEmpty();
    }

    /** Whether an unset field stays null inside and becomes an object only when asked for: saves rarely used objects. */
    boolean isLazyStruct() {
        return type.isStruct() && !defaultIsNull() && isTagged();
    }
}
