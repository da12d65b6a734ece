/**
 * Build-time generator: turns the official JSON message schemas into Java classes. It keeps no state beyond one run, and
 * nothing of it is on the broker's class path. The tests of the wire module read the schemas through {@link
 * io.ottla.protocol.generator.SchemaReader}, too.
 *
 * <p>Its parts: {@link io.ottla.protocol.generator.Schema} and its like model a schema; {@code MessageClass} lays out one
 * class, of which {@code ReadMethod} and {@code WriteMethod} are the wire format; {@code ApiKeyEnum} and {@code
 * RecordTypeEnum} list what there is.
 */
@NullMarked
package io.ottla.protocol.generator;

import org.jspecify.annotations.NullMarked;
