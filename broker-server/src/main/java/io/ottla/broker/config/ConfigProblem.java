package io.ottla.broker.config;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a configuration.
 *
 * @param key the property it is about
 * @param value what the property is set to, secrets hidden; null if it is not set
 * @param expected what would have been right, to follow the word "expected"
 * @param reason why the value was refused, as Kafka's tools print it
 */
public record ConfigProblem(String key, @Nullable String value, String expected, String reason) {
    /** The problem in one line; {@code where} is the file and line or option that set the key, or null. */
    String describe(@Nullable String where) {
        String prefix = where == null ? "" : where + ": ";
        return prefix + key + (value == null ? " is not set" : "=" + value) + ": expected " + expected;
    }
}
