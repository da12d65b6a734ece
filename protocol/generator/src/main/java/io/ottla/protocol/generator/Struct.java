package io.ottla.protocol.generator;

import java.util.List;

/** A struct, or the top level of a message: fields in the order of the wire. */
public record Struct(String name, Versions versions, List<Field> fields, String about) {}
