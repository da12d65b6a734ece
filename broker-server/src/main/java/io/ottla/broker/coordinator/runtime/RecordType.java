package io.ottla.broker.coordinator.runtime;

import io.ottla.protocol.schema.ApiMessage;
import java.util.function.Supplier;

/**
 * A type of record that a coordinator understands.
 *
 * @param id the number that begins the key
 * @param newKey makes an empty key, to be read at version 0
 * @param newValue makes an empty value, to be read at the version that begins it
 */
public record RecordType(int id, Supplier<? extends ApiMessage> newKey, Supplier<? extends ApiMessage> newValue) {}
