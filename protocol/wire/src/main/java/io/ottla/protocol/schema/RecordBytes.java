package io.ottla.protocol.schema;

/**
 * Record batches inside a message: bytes in a buffer, or a range of a file that never enters the heap.
 *
 * <p>An instance belongs to the one who put it into a message and is confined to that thread until the message is
 * written.
 */
public interface RecordBytes {
    /** Exactly how many bytes {@link #writeTo} appends. */
    int sizeBytes();

    /**
     * Appends the bytes, by copy ({@link MessageWriter#writeRaw}), by reference ({@link MessageWriter#writeBuffer}), or
     * as a part that the transport understands ({@link MessageWriter#writePart}). The writer gets references of its own:
     * this object stays with its owner.
     */
    void writeTo(MessageWriter out);

    /** Gives up what this object holds. Called once, after the message is encoded or discarded. */
    void release();
}
