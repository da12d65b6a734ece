/**
 * Replicas that move: between brokers, which is for the controller to decide, asked through a port because it may be another
 * broker; and between the log directories of this one. Stateless.
 */
@NullMarked
package io.ottla.broker.handler.reassignment;

import org.jspecify.annotations.NullMarked;
