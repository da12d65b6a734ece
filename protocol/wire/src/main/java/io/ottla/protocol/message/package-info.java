/**
 * The messages of the Kafka protocol and the records of its internal topics, one class per schema. All other files of
 * this package are generated at build time from the schemas that Apache Kafka publishes; none is edited.
 *
 * <p>A message is a mutable value confined to whoever holds it. {@code version} arguments must lie within the class's
 * {@code LOWEST_VERSION} and {@code HIGHEST_VERSION}. Setting a field that a version cannot carry to anything but its
 * default is refused when it is written at that version, unless the schema calls the field ignorable.
 *
 * <p>Records of internal topics are framed by two bytes: a key by its record type ({@code GroupRecordType} and its
 * like), followed by the key class at version 0; a value by its version, followed by the value class at that version.
 */
package io.ottla.protocol.message;
