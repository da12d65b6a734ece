package io.ottla.broker.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a configuration, so that an operator sees all of it at once. Used by one thread. */
final class Problems {
    private final List<ConfigProblem> found = new ArrayList<>();

    /** Reads a value, or notes what is wrong with it. */
    void parseInto(java.util.Map<String, Object> parsed, String name, ConfigKey<?> key, String text) {
        try {
            parsed.put(name, key.parse(text));
        } catch (IllegalArgumentException e) {
            String shown = key.type() == ConfigType.PASSWORD ? ConfigType.HIDDEN : text;
            found.add(new ConfigProblem(name, shown, key.expectation(), String.valueOf(e.getMessage())));
        }
    }

    /** Notes that what {@code key} is set to in {@code values} does not go with the rest. */
    void add(ConfigValues values, ConfigKey<?> key, String expected) {
        found.add(new ConfigProblem(key.name(), values.text(key), expected, "expected " + expected));
    }

    void add(ConfigProblem problem) {
        found.add(problem);
    }

    List<ConfigProblem> found() {
        return List.copyOf(found);
    }
}
