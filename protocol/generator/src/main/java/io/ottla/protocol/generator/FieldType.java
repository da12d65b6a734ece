package io.ottla.protocol.generator;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The type of a field: one of the protocol's primitives or a struct, or an array of these. */
public record FieldType(Kind kind, @Nullable String structName, boolean isArray) {
    /** What a value or an element is. {@code minBytes} is the least it takes on the wire, in any encoding. */
    public enum Kind {
        BOOL("boolean", "Boolean", 1),
        INT8("byte", "Byte", 1),
        INT16("short", "Short", 2),
        UINT16("int", "Integer", 2),
        INT32("int", "Integer", 4),
        UINT32("long", "Long", 4),
        INT64("long", "Long", 8),
        FLOAT64("double", "Double", 8),
        UUID("UUID", "UUID", 16),
        STRING("String", "String", 1),
        BYTES("byte[]", "byte[]", 1),
        RECORDS("RecordBytes", "RecordBytes", 1),
        STRUCT("", "", 1);

        final String java;
        final String boxed;
        final int minBytes;

        Kind(String java, String boxed, int minBytes) {
            this.java = java;
            this.boxed = boxed;
            this.minBytes = minBytes;
        }

        boolean isPrimitive() {
            return compareTo(UUID) < 0;
        }

        /** The part of reader and writer method names that says the type, such as {@code Int32}. */
        String methodName() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    static FieldType parse(String text) {
        boolean isArray = text.startsWith("[]");
        String element = isArray ? text.substring(2) : text;
        if (Character.isUpperCase(element.charAt(0))) {
            return new FieldType(Kind.STRUCT, element, isArray);
        }
        return new FieldType(Kind.valueOf(element.toUpperCase(Locale.ROOT)), null, isArray);
    }

    public boolean isStruct() {
        return kind == Kind.STRUCT && !isArray;
    }

    boolean isStructArray() {
        return kind == Kind.STRUCT && isArray;
    }

    boolean isPrimitive() {
        return !isArray && kind.isPrimitive();
    }

    /** Whether the encoding differs between flexible and other versions. */
    boolean dependsOnFlexible() {
        return isArray || kind == Kind.STRING || kind == Kind.BYTES || kind == Kind.RECORDS;
    }

    String javaName() {
        String element = structName != null ? structName : isArray ? kind.boxed : kind.java;
        return isArray ? "List<" + element + ">" : element;
    }
}
