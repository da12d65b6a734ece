/**
 * How changes of in-sync replicas get to the controller (KIP-497), and the clock that lets leaders look for laggards.
 *
 * <p>{@link io.ottla.replication.isr.AlterPartitionSender} belongs to one loop; leaders on any loop hand it proposals and get
 * the controller's word back. This package knows neither who the controller is nor how it is reached.
 */
@NullMarked
package io.ottla.replication.isr;

import org.jspecify.annotations.NullMarked;
