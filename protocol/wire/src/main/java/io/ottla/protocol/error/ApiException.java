package io.ottla.protocol.error;

/**
 * Aborts one request: the pipeline answers it with the code, wherever that response carries one. An expected outcome of a
 * single partition or item is a value instead, not this. Without stack trace: it tells the client, not us.
 */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode error;

    public ApiException(ErrorCode error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    /** With the code's own message. */
    public ApiException(ErrorCode error) {
        this(error, error.message());
    }

    public ErrorCode error() {
        return error;
    }
}
