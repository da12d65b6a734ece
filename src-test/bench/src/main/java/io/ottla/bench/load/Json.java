package io.ottla.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The lines between the two processes. */
final class Json {
    private final ObjectMapper mapper = new ObjectMapper();

    Json() {
        mapper.registerSubtypes(LoadSpec.class.getPermittedSubclasses());
    }

    String write(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not writable as JSON: " + value, e);
        }
    }

    <T> T read(String line, Class<T> type) {
        try {
            return mapper.readValue(line, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not a " + type.getSimpleName() + " in JSON: " + line, e);
        }
    }
}
