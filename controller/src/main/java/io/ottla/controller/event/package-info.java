/**
 * The controller's one loop: events run one after another, each to the end of its asynchronous work.
 *
 * <p>An event may wait for ZooKeeper, never for another broker; so whatever is decided in it was decided on a state that
 * no other event has changed meanwhile. Knows nothing of what the events do.
 */
@NullMarked
package io.ottla.controller.event;

import org.jspecify.annotations.NullMarked;
