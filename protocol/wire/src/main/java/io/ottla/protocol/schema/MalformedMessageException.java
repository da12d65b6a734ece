package io.ottla.protocol.schema;

/** Bytes that are no message: the peer is broken or speaks another protocol, and its connection ends here. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int offset;

    public MalformedMessageException(String detail, int offset) {
        super(detail + ", at byte " + offset);
        this.offset = offset;
    }

    /** {@code what} is {@code actual}, which is outside of {@code lowest..highest}. */
    static MalformedMessageException outOfRange(String what, long actual, long lowest, long highest, int offset) {
        return new MalformedMessageException(
                what + " is " + actual + ", expected " + lowest + " to " + highest, offset);
    }

    /** Where in the buffer reading stopped, counted from the buffer's index 0. */
    public int offset() {
        return offset;
    }
}
