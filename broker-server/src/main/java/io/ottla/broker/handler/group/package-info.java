/**
 * The APIs of groups, one class each: they take a request to {@link io.ottla.broker.coordinator.group.GroupCoordinator} and
 * its answer back. They own no state. FindCoordinator reads the cluster's metadata through a port.
 */
@NullMarked
package io.ottla.broker.handler.group;

import org.jspecify.annotations.NullMarked;
