/**
 * Replicas that move from one log directory of this broker to another (AlterReplicaLogDirs, KIP-113).
 *
 * <p>A move copies the replica's log into a future one, batch by batch as a follower would, while the replica goes on to lead
 * or to follow; when nothing is left to copy the future log takes the place of the other within one task of the partition's
 * home loop. So a move is confined to that loop, on which both logs live; files are read on workers. What is under way when
 * the broker ends is found again in {@link io.ottla.storage.store.FutureLogs}. Knows nothing of leaders and fetches.
 */
@NullMarked
package io.ottla.replication.move;

import org.jspecify.annotations.NullMarked;
