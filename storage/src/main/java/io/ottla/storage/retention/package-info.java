/**
 * Which old segments of a log may be deleted: by age, by the size of the log, and by the log start offset.
 *
 * <p>The package decides; the log deletes. It has no state. Compaction is another matter, and not built yet: the records
 * of a compacted topic are kept until then, unless its policy says {@code delete} too.
 */
@NullMarked
package io.ottla.storage.retention;

import org.jspecify.annotations.NullMarked;
