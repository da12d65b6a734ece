/**
 * The log of a partition: append, read, roll, truncate, and the set of all logs of a broker.
 *
 * <p>A {@link io.ottla.storage.log.PartitionLog} belongs to its home loop: it alone appends, truncates and moves the high
 * watermark, and after each change it publishes a new {@link io.ottla.storage.log.LogView}. Reads on any thread work on
 * such a view and need no owner. What blocks for long (fsync, recovery, deletion) runs on the workers.
 */
@NullMarked
package io.ottla.storage.log;

import org.jspecify.annotations.NullMarked;
