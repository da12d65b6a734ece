/**
 * The log of a partition: append, read, roll, truncate.
 *
 * <p>A {@link io.ottla.storage.log.PartitionLog} belongs to its home loop: it alone appends, truncates and moves the high
 * watermark, and after each change it publishes a new {@link io.ottla.storage.log.LogView}. Reads on any thread work on
 * such a view and need no owner. What blocks for long (fsync, recovery, deletion) runs on the workers. Its parts
 * ({@code LogParts}) have one job each: {@code LogTail} has the segments, {@code LogState} the offsets and the view, {@code
 * LogAppender} adds at the end, {@code LogFlusher} makes durable, {@code LogTruncation} and {@code SegmentDeletion} take away from
 * either end, {@code SegmentSwap} puts in what was cleaned.
 *
 * <p>A log knows nothing of other logs, nor of when its directory is to be renamed or deleted: the package {@code store}
 * does, and is the only one that opens logs and takes them out of use (a test in {@code src-test/arch} holds that).
 */
@NullMarked
package io.ottla.storage.log;

import org.jspecify.annotations.NullMarked;
