/**
 * The orders of the controller as they arrive over the wire: LeaderAndIsr, StopReplica, UpdateMetadata. Stateless; what
 * they change belongs to {@code replication.partition} and {@code replication.metadata}, where the controller of the same
 * process calls directly.
 */
@NullMarked
package io.ottla.broker.handler.replica;

import org.jspecify.annotations.NullMarked;
