/**
 * Which leader epoch wrote which offsets of a partition: what followers and clients ask after a leader has changed, so
 * that they truncate to the point where logs diverge and not to a guess (KIP-101, KIP-279, KIP-320).
 *
 * <p>{@link io.ottla.storage.epoch.LeaderEpochs} is an immutable value, replaced by the partition's home loop and readable
 * on any thread. {@link io.ottla.storage.epoch.LeaderEpochCheckpoint} is its text form on disk. The package does no IO and
 * knows nothing of segments; whoever owns the log stores the text and rebuilds the value from batches if it is corrupt.
 */
@NullMarked
package io.ottla.storage.epoch;

import org.jspecify.annotations.NullMarked;
