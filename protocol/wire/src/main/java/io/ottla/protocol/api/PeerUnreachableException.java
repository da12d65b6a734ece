package io.ottla.protocol.api;

/** A peer did not answer; whether it has processed the request is not known. Carries no stack trace. */
public final class PeerUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The message says which peer, and why. */
    public PeerUnreachableException(String message) {
        super(message, null, false, false);
    }
}
