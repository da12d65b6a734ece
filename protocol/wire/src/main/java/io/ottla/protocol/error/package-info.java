/**
 * The error codes of the protocol, the one exception that carries a code out of a request handler, and the way to find it in
 * a failed stage. Stateless.
 */
@NullMarked
package io.ottla.protocol.error;

import org.jspecify.annotations.NullMarked;
