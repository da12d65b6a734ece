/**
 * All logs of a broker: which there are and where they lie, from their loading at the start to their closing or deletion.
 *
 * <p>A {@link io.ottla.storage.store.LogStore} is for any thread. Its state is concurrent maps from partitions to futures of
 * their logs, and one record of each log directory; each log itself belongs to its home loop, to which the store hands
 * what it wants done, and what blocks runs on the workers. {@code StoreDirectories} says where a log lies, {@code StoredLogs}
 * which there are, {@code LogOpener} makes them, {@code DirectoryLoading} begins and {@code StoreClosing} ends, {@code StoreTasks}
 * and {@code StoreCheckpoints} keep it up meanwhile, {@code LogDeletions} takes logs away, {@code FutureLogs} has the copies on their
 * way to another directory.
 *
 * <p>Its files: the names of partitions' directories ({@code PartitionDirectories}: live, {@code -delete}, {@code -future}, {@code
 * -stray}), the offset checkpoints and the marker of a clean shutdown of each log directory, whose formats {@code
 * storage.file} knows. It must not know what is inside a log, nor which replica leads.
 */
@NullMarked
package io.ottla.storage.store;

import org.jspecify.annotations.NullMarked;
