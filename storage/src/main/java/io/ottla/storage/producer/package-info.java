/**
 * What a partition knows of its idempotent and transactional producers: the last batches of each, so that a retry is
 * answered and not appended twice, the newest epoch, so that a zombie is fenced, and the transactions that hold back the
 * last stable offset (KIP-98, KIP-360).
 *
 * <p>{@link io.ottla.storage.producer.ProducerStates} is confined to the partition's home loop. It follows the log: it is
 * asked before a batch is appended, told after offsets are assigned, and can always be rebuilt by telling it the batches
 * again, from a {@code .snapshot} file on. The package does no IO: a
 * snapshot is bytes, and {@link io.ottla.storage.producer.ProducerSnapshotFiles} is the port to where they are kept.
 */
@NullMarked
package io.ottla.storage.producer;

import org.jspecify.annotations.NullMarked;
