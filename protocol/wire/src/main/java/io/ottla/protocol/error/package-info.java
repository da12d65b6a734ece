/**
 * The error codes of the protocol, and the one exception that carries a code out of a request handler. Stateless.
 */
@NullMarked
package io.ottla.protocol.error;

import org.jspecify.annotations.NullMarked;
