/**
 * Run-time support of the generated messages: primitive encodings, bounds checks, tagged fields. Stateless; a reader or writer is confined to its caller.
 */
@NullMarked
package io.ottla.protocol.schema;

import org.jspecify.annotations.NullMarked;
