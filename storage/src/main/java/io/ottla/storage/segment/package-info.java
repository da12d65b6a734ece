/**
 * One segment: a {@code .log} file of record batches, named by the offset it begins with, and its indexes.
 *
 * <p>A segment belongs to its log: what changes it runs where the log's owner says (the home loop, or the worker that
 * recovers the log before it is handed out). Lookups and reads run on any thread, bounded by the size that the reader's
 * view of the log gives; that a segment is deleted meanwhile they notice by a file that cannot be retained.
 */
@NullMarked
package io.ottla.storage.segment;

import org.jspecify.annotations.NullMarked;
