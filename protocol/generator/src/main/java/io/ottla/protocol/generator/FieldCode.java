package io.ottla.protocol.generator;

import org.jspecify.annotations.Nullable;

/** Java expressions about one field: its type, its default, and whether it has another value. */
final class FieldCode {
    private FieldCode() {}

    /** The type of getter and setter, with its nullness. */
    static String declaredType(Field field) {
        String type = field.type().javaName();
        if (field.nullable().isEmpty() || field.type().isPrimitive()) {
            return type;
        }
        return type.equals("byte[]") ? "byte @Nullable []" : "@Nullable " + type;
    }

    static String defaultValue(Field field) {
        if (field.defaultIsNull() || field.isLazyStruct()) {
            return "null";
        }
        FieldType type = field.type();
        if (type.isArray()) {
            return "new ArrayList<>()";
        }
        String text = field.defaultText();
        boolean absent = text == null || text.isEmpty();
        return switch (type.kind()) {
            case BOOL -> Boolean.toString(Boolean.parseBoolean(text));
            case INT8 -> "(byte) " + number(text);
            case INT16 -> "(short) " + number(text);
            case UINT16, INT32 -> Long.toString(number(text));
            case UINT32, INT64 -> number(text) + "L";
            case FLOAT64 -> absent ? "0.0" : text + "d";
            case UUID -> "Base64Uuid.ZERO";
            case STRING -> "\"" + (absent ? "" : text) + "\"";
            case BYTES -> "NO_BYTES";
            case RECORDS -> "BufferRecords.EMPTY";
            case STRUCT -> "new " + type.structName() + "()";
        };
    }

    /** The expression that is true when the field differs from its default. */
    static String isSet(Field field) {
        String name = field.self();
        if (field.isLazyStruct()) {
            return name + " != null && !" + name + ".equals(new " + field.type().structName() + "())";
        }
        if (field.defaultIsNull()) {
            return name + " != null";
        }
        FieldType type = field.type();
        String orNull = field.nullable().isEmpty() ? "" : name + " == null || ";
        if (type.isArray()) {
            return orNull + "!" + name + ".isEmpty()";
        }
        return switch (type.kind()) {
            case BOOL -> Boolean.parseBoolean(field.defaultText()) ? "!" + name : name;
            case INT8, INT16, UINT16, INT32, UINT32, INT64, FLOAT64 -> name + " != " + bareNumber(field);
            case UUID, STRUCT -> "!" + name + ".equals(" + defaultValue(field) + ")";
            case STRING ->
                orNull
                        + (defaultValue(field).equals("\"\"")
                                ? "!" + name + ".isEmpty()"
                                : "!" + name + ".equals(" + defaultValue(field) + ")");
            case BYTES -> orNull + name + ".length != 0";
            case RECORDS -> orNull + name + ".sizeBytes() != 0";
        };
    }

    static String isEqual(Field field) {
        String name = field.self();
        if (field.isLazyStruct()) {
            return field.name() + "().equals(that." + field.name() + "())";
        }
        if (field.type().isPrimitive()) {
            return field.type().kind() == FieldType.Kind.FLOAT64
                    ? "Double.compare(" + name + ", that." + field.name() + ") == 0"
                    : name + " == that." + field.name();
        }
        return (isBytes(field) ? "Arrays" : "Objects") + ".equals(" + name + ", that." + field.name() + ")";
    }

    static String hash(Field field) {
        String name = field.self();
        if (field.isLazyStruct()) {
            return field.name() + "().hashCode()";
        }
        return switch (field.type().isArray()
                ? FieldType.Kind.STRUCT
                : field.type().kind()) {
            case INT8, INT16, UINT16, INT32 -> name;
            case BOOL -> "Boolean.hashCode(" + name + ")";
            case UINT32, INT64 -> "Long.hashCode(" + name + ")";
            case FLOAT64 -> "Double.hashCode(" + name + ")";
            case BYTES -> "Arrays.hashCode(" + name + ")";
            default -> "Objects.hashCode(" + name + ")";
        };
    }

    /** What {@code toString} shows: of bytes their number only, for they may be secrets. */
    static String shown(Field field) {
        return isBytes(field)
                ? "(" + field.self() + " == null ? \"null\" : " + field.self() + ".length + \" bytes\")"
                : field.self();
    }

    static boolean isBytes(Field field) {
        return !field.type().isArray() && field.type().kind() == FieldType.Kind.BYTES;
    }

    private static String bareNumber(Field field) {
        return field.type().kind() == FieldType.Kind.FLOAT64
                ? defaultValue(field)
                : Long.toString(number(field.defaultText()))
                        + (field.type().kind().java.equals("long") ? "L" : "");
    }

    private static long number(@Nullable String text) {
        return text == null || text.isEmpty() ? 0 : Long.decode(text);
    }
}
