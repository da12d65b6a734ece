package io.ottla.protocol.record;

/**
 * Bytes that claim to be a record batch break the format. The message says what, where, actual and expected. Thrown by
 * {@link RecordCursor} and {@link CompressionCodec}; the only exception that malformed bytes can cause.
 */
public final class CorruptRecordsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CorruptRecordsException(String message) {
        super(message);
    }

    public CorruptRecordsException(String message, Throwable cause) {
        super(message, cause);
    }
}
