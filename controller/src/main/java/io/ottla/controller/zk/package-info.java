/**
 * The port through which the broker talks to ZooKeeper, its adapter on the official client, and the embedded server.
 *
 * <p>No other package imports ZooKeeper's classes, so that the controller can run on a simulated session. Every result,
 * watch and session event is delivered on the one executor given to the session, in the order in which ZooKeeper sent
 * them; that executor owns all mutable state here. This package knows paths and bytes, never what they mean.
 */
@NullMarked
package io.ottla.controller.zk;

import org.jspecify.annotations.NullMarked;
