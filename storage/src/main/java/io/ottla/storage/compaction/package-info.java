/**
 * The log cleaner: of each key of a compacted log only the last record stays (KIP-58, KIP-354, KIP-534).
 *
 * <p>{@link io.ottla.storage.compaction.LogCleaner} picks the dirtiest log and runs one {@code CleaningJob} for it on the
 * workers, in steps of about a megabyte, so that neither a worker nor the disk is taken for long:
 *
 * <ol>
 *   <li>the dirty part of the log is read, and the last offset of each key noted in an {@code OffsetMap};
 *   <li>from the log's start on, sealed segments are copied, without what is superseded, in groups that become one segment
 *       each: {@code <base offset>.log.cleaned} and its indexes;
 *   <li>the home loop of the log puts each copy in the place of its originals ({@link
 *       io.ottla.storage.log.PartitionLog#replaceSegments}): renamed to {@code .swap}, forced, then to its final name.
 * </ol>
 *
 * <p>A job shares nothing with the log's owner but immutable segments. Whatever happens to the log meanwhile (truncation,
 * deletion, a move to another directory) is noticed when a copy is to be put in place: it is dropped then, and the log
 * cleaned another time. Nothing past the last stable offset, and so nothing past the high watermark, is ever touched.
 *
 * <p>How far a log is clean is kept in {@code cleaner-offset-checkpoint}.
 */
@NullMarked
package io.ottla.storage.compaction;

import org.jspecify.annotations.NullMarked;
