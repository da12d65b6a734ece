/**
 * The controller's view of the cluster, and the state machines of partitions and replicas that change it.
 *
 * <p>All state is confined to the controller's executor and changes only inside an event. A change is written to
 * ZooKeeper first, then applied here, then added to the event's batch for the brokers. Which transitions are legal is
 * listed in {@link io.ottla.controller.state.PartitionStatus} and {@link io.ottla.controller.state.ReplicaStatus}; which
 * replica leads is decided by pure functions in {@link io.ottla.controller.state.LeaderElection}.
 */
@NullMarked
package io.ottla.controller.state;

import org.jspecify.annotations.NullMarked;
