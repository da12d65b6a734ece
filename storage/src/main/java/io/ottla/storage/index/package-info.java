/**
 * The three indexes of a segment, in Apache Kafka's formats.
 *
 * <pre>
 * .index      entries of  8 bytes: relative offset (int32), position in the .log file (int32)
 * .timeindex  entries of 12 bytes: timestamp (int64), relative offset (int32)
 * .txnindex   entries of 34 bytes: version 0 (int16), producer id (int64), first offset (int64), last offset (int64),
 *             last stable offset (int64)
 * </pre>
 *
 * <p>The first two are sparse: one entry for each {@code index.interval.bytes} of the log. Their full pages live in the
 * file only and are searched there, the page that still grows is held in memory and written when it is full, when the
 * log is flushed, and when the segment becomes inactive. So a partition costs a few kilobytes however large its
 * segments are, opening one reads nothing, and no entry costs a system call of its own. What a crash takes from the page
 * in memory is rebuilt by the recovery, which reads that part of the log anyway.
 *
 * <p>Unlike Apache Kafka's, these files are not preallocated to {@code segment.index.bytes}: a file is as long as its
 * entries, at all times, so there is nothing to trim and even a file left by a crash passes a sanity check. The limit
 * itself holds: a segment whose index is full is rolled.
 *
 * <p>Entries are appended and cut by the owner of the log; lookups run on any thread.
 */
@NullMarked
package io.ottla.storage.index;

import org.jspecify.annotations.NullMarked;
