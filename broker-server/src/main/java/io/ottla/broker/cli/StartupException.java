package io.ottla.broker.cli;

/**
 * A broker cannot start for a reason that an operator can remove: a port in use, a directory that is not writable, files
 * of another broker. The message says all of it and is shown without a stack trace.
 */
public final class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartupException(String message) {
        super(message);
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
