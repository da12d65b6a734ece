/**
 * Which old segments of a log may be deleted: by age, by the size of the log, and by the log start offset.
 *
 * <p>The package decides; the log deletes. It has no state. Compaction is another matter: the segments of
 * a compacted topic go only before the log start offset, unless its policy says {@code delete} too.
 */
@NullMarked
package io.ottla.storage.retention;

import org.jspecify.annotations.NullMarked;
