package io.ottla.storage.log;

/**
 * The offsets that bound a log.
 *
 * @param logStart the first offset that may be read
 * @param logEnd the offset that the next record will get
 * @param highWatermark up to where, exclusive, the records are committed; from {@code logStart} to {@code logEnd}
 * @param lastStable up to where, exclusive, no transaction is undecided; at most {@code highWatermark}
 */
record LogOffsets(long logStart, long logEnd, long highWatermark, long lastStable) {}
