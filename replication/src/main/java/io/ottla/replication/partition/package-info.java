/**
 * The partitions that this broker hosts: which role each plays, what it appends, how far it is committed.
 *
 * <p>A {@link io.ottla.replication.partition.Partition} belongs to its home loop, one of the network loops: appends, role
 * changes and the high watermark happen there and nowhere else. Readers on any thread look at its volatile role and at the
 * immutable view of its log. What a leader does has classes of its own: {@code LeaderAppends} appends, {@code Commitment} moves the
 * high watermark, {@code IsrKeeper} says who is in sync, {@code RecordDeletions} deletes for clients.
 *
 * <p>{@link io.ottla.replication.partition.ReplicaControl} carries out the controller's orders, those for one partition one after
 * the other, those for different ones side by side: a {@code LeaderAndIsrCall} or {@code StopReplicaCall} for each request, over
 * {@code AssignmentOrders} and {@code RoleChanges}. This package knows no connections and no requests of clients.
 */
@NullMarked
package io.ottla.replication.partition;

import org.jspecify.annotations.NullMarked;
