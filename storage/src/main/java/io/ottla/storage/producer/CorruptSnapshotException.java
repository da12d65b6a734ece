package io.ottla.storage.producer;

/** A producer snapshot is damaged; the message says what, actual and expected. */
public final class CorruptSnapshotException extends Exception {
    private static final long serialVersionUID = 1L;

    public CorruptSnapshotException(String message) {
        super(message);
    }
}
