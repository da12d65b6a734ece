package io.ottla.storage.log;

import io.ottla.storage.segment.LogSegment;

/**
 * Where in a file a batch begins, or will: a reader that comes again for what follows its last read is spared the search. It may
 * have become wrong since, so that a read looks whether a batch with that offset is there.
 *
 * @param offset of the batch's first record
 * @param segment whose file it is
 * @param position in the file
 */
public record LogPosition(long offset, LogSegment segment, int position) {}
