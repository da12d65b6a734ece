package io.ottla.broker.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The types a property can have: how their text is read, written and named, and their number in DescribeConfigs. */
public enum ConfigType {
    BOOLEAN(1, "true or false"),
    STRING(2, "text"),
    INT(3, "a whole number"),
    SHORT(4, "a whole number"),
    LONG(5, "a whole number"),
    DOUBLE(6, "a number"),
    LIST(7, "a list with commas between its items"),
    CLASS(8, "a class name"),
    PASSWORD(9, "a secret");

    /** What a secret is shown as wherever its value would be. */
    public static final String HIDDEN = "[hidden]";

    private final byte id;
    private final String noun;

    ConfigType(int id, String noun) {
        this.id = (byte) id;
        this.noun = noun;
    }

    /** The number of this type in a DescribeConfigs response. */
    public byte id() {
        return id;
    }

    /** What a value of this type is, as the beginning of a sentence about what was expected. */
    String noun() {
        return noun;
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if the text is no value of this type; its message is the reason
     */
    Object parse(String text) {
        String trimmed = text.trim();
        return switch (this) {
            case BOOLEAN -> parseBoolean(trimmed);
            case STRING, CLASS, PASSWORD -> trimmed;
            case LIST -> trimmed.isEmpty() ? List.of() : List.copyOf(Arrays.asList(trimmed.split("\\s*,\\s*", -1)));
            case INT, SHORT, LONG, DOUBLE -> parseNumber(trimmed);
        };
    }

    private static Boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> throw new IllegalArgumentException("Expected value to be either true or false");
        };
    }

    private Number parseNumber(String text) {
        try {
            return switch (this) {
                case INT -> Integer.valueOf(text);
                case SHORT -> Short.valueOf(text);
                case LONG -> Long.valueOf(text);
                default -> Double.valueOf(text);
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Not a number of type " + this, e);
        }
    }

    /** Writes a value as an operator would, secrets as {@link #HIDDEN}. */
    String format(Object value) {
        return switch (this) {
            case PASSWORD -> HIDDEN;
            case LIST ->
                String.join(",", ((List<?>) value).stream().map(String::valueOf).toList());
            default -> value.toString();
        };
    }
}
