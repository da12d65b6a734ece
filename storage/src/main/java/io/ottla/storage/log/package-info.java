/**
 * The log of a partition: append, read, roll, truncate, and the set of all logs of a broker.
 *
 * <p>A {@link io.ottla.storage.log.PartitionLog} belongs to its home loop: it alone appends, truncates and moves the high
 * watermark, and after each change it publishes a new {@link io.ottla.storage.log.LogView}. Reads on any thread work on
 * such a view and need no owner. What blocks for long (fsync, recovery, deletion) runs on the workers. Its parts
 * ({@code LogParts}) have one job each: {@code LogTail} has the segments, {@code LogState} the offsets and the view, {@code
 * LogAppender} adds at the end, {@code LogFlusher} makes durable, {@code LogTruncation} and {@code SegmentDeletion} take away from
 * either end, {@code SegmentSwap} puts in what was cleaned.
 *
 * <p>A {@link io.ottla.storage.log.LogStore} has all logs of a broker, and is for any thread: {@code StoreDirectories} says where a
 * log lies, {@code StoredLogs} which there are, {@code LogOpener} makes them, {@code DirectoryLoading} begins and {@code
 * StoreClosing} ends, {@code StoreTasks} and {@code StoreCheckpoints} keep it up meanwhile, {@code LogDeletions} takes logs away.
 */
@NullMarked
package io.ottla.storage.log;

import org.jspecify.annotations.NullMarked;
