/**
 * What only the controller can serve is served by every broker: requests are forwarded to whoever holds the office, and
 * repeated while it moves. {@link io.ottla.broker.forward.RoutedChannel} is the only class with state, which its monitor
 * guards. The package must not know transports: it sends through {@link io.ottla.protocol.api.PeerChannel}.
 *
 * <p>A request that was forwarded once is not forwarded again: it carries a client id that says so, and a broker that
 * receives it without being the controller answers NOT_CONTROLLER.
 */
@NullMarked
package io.ottla.broker.forward;

import org.jspecify.annotations.NullMarked;
