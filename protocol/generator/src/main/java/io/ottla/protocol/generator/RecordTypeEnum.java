package io.ottla.protocol.generator;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes the enum of the records of one internal topic: which id stands before a key, which classes belong together. */
final class RecordTypeEnum {
    @SuppressWarnings("InlineFormatString") // a page of text reads better apart from the code
    private static final String FRAME = """
            package %1$s;

            import io.ottla.protocol.schema.ApiMessage;
            import java.util.function.Supplier;
            import javax.annotation.processing.Generated;
            import org.jspecify.annotations.Nullable;

            /** The record types of one internal topic. The id is the two bytes before the key, which is at version 0. */
            @Generated("%2$s")
            public enum %3$s {
            %4$s;

                private static final %3$s[] BY_ID = new %3$s[%5$d];

                static {
                    for (%3$s type : values()) {
                        BY_ID[type.id] = type;
                    }
                }

                private final short id;
                private final short highestValueVersion;
                private final Supplier<ApiMessage> key;
                private final Supplier<ApiMessage> value;

                %3$s(int id, int highestValueVersion, Supplier<ApiMessage> key, Supplier<ApiMessage> value) {
                    this.id = (short) id;
                    this.highestValueVersion = (short) highestValueVersion;
                    this.key = key;
                    this.value = value;
                }

                /** The type with this id, or null if there is none. */
                public static @Nullable %3$s forId(int id) {
                    return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
                }

                public short id() {
                    return id;
                }

                public short highestValueVersion() {
                    return highestValueVersion;
                }

                public ApiMessage newKey() {
                    return key.get();
                }

                public ApiMessage newValue() {
                    return value.get();
                }
            }
            """;

    private RecordTypeEnum() {}

    static String source(String name, List<Schema> schemas) {
        Map<Integer, Schema> values = schemas.stream()
                .filter(schema -> schema.type().equals("coordinator-value"))
                .collect(Collectors.toMap(Schema::apiKey, Function.identity()));
        List<Schema> keys = schemas.stream()
                .filter(schema -> schema.type().equals("coordinator-key"))
                .sorted(Comparator.comparingInt(Schema::apiKey))
                .toList();
        String constants =
                keys.stream().map(key -> constant(key, valueOf(key, values))).collect(Collectors.joining(",\n"));
        int ids = keys.get(keys.size() - 1).apiKey() + 1;
        return String.format(FRAME, MessageClass.PACKAGE, Generator.class.getName(), name, constants, ids);
    }

    private static Schema valueOf(Schema key, Map<Integer, Schema> values) {
        Schema value = values.get(key.apiKey());
        if (value == null) {
            throw new IllegalArgumentException(key.name() + " has no value schema");
        }
        return value;
    }

    private static String constant(Schema key, Schema value) {
        String name = key.name().substring(0, key.name().length() - "Key".length());
        return String.format(
                "    %s(%d, %d, %s::new, %s::new)",
                ApiKeyEnum.snakeCase(name), key.apiKey(), value.valid().highest(), key.name(), value.name());
    }
}
