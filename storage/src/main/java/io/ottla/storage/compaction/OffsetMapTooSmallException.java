package io.ottla.storage.compaction;

/** Not even one batch of a log fits in the memory for keys. */
final class OffsetMapTooSmallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OffsetMapTooSmallException(long offset, int maxKeys) {
        super("the batch at offset " + offset + " has more keys than the " + maxKeys
                + " that fit in log.cleaner.dedupe.buffer.size, divided by log.cleaner.threads");
    }
}
