/**
 * Run-time support of the generated messages: primitive encodings, bounds checks, tagged fields.
 *
 * <p>A message comes from a {@link io.ottla.protocol.schema.MessageReader} over a frame and goes into a {@link
 * io.ottla.protocol.schema.MessageWriter}. Both are confined to their caller and keep no state beyond one message.
 * Everything here trusts nobody: a declared length is held against the bytes that are really there before anything is
 * allocated for it.
 *
 * <p>Who owns bytes: what a reader yields as records is a slice of the frame and lives as long as the frame; what a
 * writer produces ({@link io.ottla.protocol.schema.MessageParts}) belongs to the one who finished the writer. This
 * package knows neither sockets nor files nor any single message.
 */
@NullMarked
package io.ottla.protocol.schema;

import org.jspecify.annotations.NullMarked;
