package io.ottla.controller.znode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ottla.protocol.schema.Base64Uuid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object in a znode, with typed access to its fields.
 *
 * <p>Built on Jackson's streaming layer alone: data binding would cost a broker's start more than all its znodes.
 */
final class JsonNode {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final String path;
    private final Map<String, Object> fields;

    private JsonNode(String path, Map<String, Object> fields) {
        this.path = path;
        this.fields = fields;
    }

    /** Writes the fields of one object. */
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    static byte[] write(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    static void writeInts(JsonGenerator json, String name, List<Integer> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (int value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    static JsonNode parse(String path, byte[] data) {
        try (JsonParser json = FACTORY.createParser(data)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedNodeException(path, "expected a JSON object, found \"" + excerpt(data) + "\"");
            }
            return new JsonNode(path, readObject(json));
        } catch (IOException e) {
            throw new MalformedNodeException(path, "is not JSON: \"" + excerpt(data) + "\": " + e.getMessage());
        }
    }

    private static String excerpt(byte[] data) {
        return new String(data, 0, Math.min(data.length, 80), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> readObject(JsonParser json) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            Object value = readValue(json);
            if (value != null) {
                object.put(name, value);
            }
        }
        return object;
    }

    private static @Nullable Object readValue(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> readObject(json);
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    Object element = readValue(json);
                    if (element != null) {
                        array.add(element);
                    }
                }
                yield array;
            }
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> json.getText();
        };
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    String text(String name) {
        return required(name, String.class);
    }

    @Nullable
    String optionalText(String name) {
        return has(name) ? text(name) : null;
    }

    /** A number, whether written as one or as text. */
    long number(String name) {
        Object value = fields.get(name);
        if (value instanceof String text) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new MalformedNodeException(path, "field " + name + " is \"" + text + "\", expected a number");
            }
        }
        return required(name, Long.class);
    }

    long number(String name, long whenMissing) {
        return has(name) ? number(name) : whenMissing;
    }

    int integer(String name) {
        long value = number(name);
        if (value != (int) value) {
            throw new MalformedNodeException(path, "field " + name + " is " + value + ", expected 32 bits");
        }
        return (int) value;
    }

    int integer(String name, int whenMissing) {
        return has(name) ? integer(name) : whenMissing;
    }

    UUID uuid(String name) {
        String text = text(name);
        try {
            return Base64Uuid.fromText(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedNodeException(path, "field " + name + " is \"" + text + "\", expected a Base64 UUID");
        }
    }

    List<Integer> integers(String name) {
        List<Integer> integers = new ArrayList<>();
        for (Object value : required(name, List.class)) {
            integers.add(toInteger(name, value));
        }
        return integers;
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object value : required(name, List.class)) {
            texts.add(String.valueOf(value));
        }
        return texts;
    }

    List<JsonNode> objects(String name) {
        List<JsonNode> objects = new ArrayList<>();
        for (Object value : required(name, List.class)) {
            objects.add(toObject(name, value));
        }
        return objects;
    }

    /** The object in a field, an empty one if it is missing. */
    JsonNode object(String name) {
        return has(name) ? toObject(name, required(name, Map.class)) : new JsonNode(path, Map.of());
    }

    /** Names of the fields in the order in which they were written. */
    List<String> names() {
        return List.copyOf(fields.keySet());
    }

    MalformedNodeException malformed(String problem) {
        return new MalformedNodeException(path, problem);
    }

    @SuppressWarnings("unchecked")
    private JsonNode toObject(String name, Object value) {
        if (value instanceof Map<?, ?> object) {
            return new JsonNode(path, (Map<String, Object>) object);
        }
        throw new MalformedNodeException(path, "field " + name + " holds " + value + ", expected an object");
    }

    private Integer toInteger(String name, Object value) {
        if (value instanceof Long number && number == number.intValue()) {
            return number.intValue();
        }
        throw new MalformedNodeException(path, "field " + name + " holds " + value + ", expected 32-bit numbers");
    }

    private <T> T required(String name, Class<T> type) {
        Object value = fields.get(name);
        if (value == null) {
            throw new MalformedNodeException(path, "field " + name + " is missing");
        }
        if (!type.isInstance(value)) {
            throw new MalformedNodeException(
                    path, "field " + name + " is " + value + ", expected a " + type.getSimpleName());
        }
        return type.cast(value);
    }
}
