package io.ottla.storage.epoch;

/** A {@code leader-epoch-checkpoint} file is damaged; the message names file, line, actual and expected. */
public final class CorruptEpochCheckpointException extends Exception {
    private static final long serialVersionUID = 1L;

    public CorruptEpochCheckpointException(String message) {
        super(message);
    }
}
